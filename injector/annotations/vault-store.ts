import type { VaultStore } from '#contract/agent-config.ts';
import { TOKEN_DIRECTORY } from '#contract/layout.ts';
import { DROP_IN, dropIn, native } from './families.ts';
import type { Findings } from './findings.ts';
import { TOKEN_NAME } from './injection.ts';
import type { VaultDefaults } from './operator.ts';
import { settle } from './settle.ts';
import { allowedAddress, noteUnset, type StoreAccess } from './store-access.ts';
import { parseAudience, parseAuthMethod, parseAuthPath, parseNamespace, parseRole } from './values.ts';

const VAULT = { name: 'Vault', variable: 'SIDEKEY_VAULT_ADDRESS' };

/** What values are checked against where the operator has set no Vault. */
const UNSET: VaultDefaults = {
  address: '',
  allowedAddresses: [],
  authMethod: 'kubernetes',
  authPath: 'auth/kubernetes',
  timeoutMs: 0,
};

interface Settings extends Pick<VaultStore, 'address' | 'auth'> {
  readonly namespace: string;
}

/** Reads the settings of Vault in both families. It is there if a file needs it, which is named by its annotation. */
export function readVault(
  findings: Findings,
  defaults: VaultDefaults | undefined,
  file: string | undefined,
): StoreAccess<VaultStore> | undefined {
  const { namespace, ...settings } = readSettings(findings, defaults);
  const audience = findings.read(native('vault-audience'), parseAudience, undefined);
  if (file === undefined) return undefined;
  noteMissingRole(findings, file);
  if (defaults === undefined) {
    noteUnset(findings, VAULT, file);
    return undefined;
  }
  const { caPem, timeoutMs } = defaults;
  return {
    store: {
      address: settings.address,
      ...(namespace === '' ? {} : { namespace }),
      auth: settings.auth,
      ...(caPem === undefined ? {} : { caPem }),
      timeoutMs,
    },
    credential: { kind: 'token', store: 'vault', ...(audience === undefined ? {} : { audience }) },
  };
}

function readSettings(findings: Findings, defaults: VaultDefaults | undefined): Settings {
  const { address, namespace = '', authMethod, authPath } = defaults ?? UNSET;
  const parse = allowedAddress(VAULT, defaults);
  return {
    address: settle(findings, { dropIn: 'service', native: 'vault-address', parse }, address),
    namespace: settle(
      findings,
      { dropIn: 'namespace', native: 'vault-namespace', parse: parseNamespace },
      namespace,
    ),
    auth: {
      method: settle(
        findings,
        { dropIn: 'auth-type', native: 'vault-auth', parse: parseAuthMethod },
        authMethod,
      ),
      path: settle(
        findings,
        { dropIn: 'auth-path', native: 'vault-auth-path', parse: parseAuthPath },
        authPath,
      ),
      role: settle(findings, { dropIn: 'role', native: 'vault-role', parse: parseRole }, ''),
      tokenFile: `${TOKEN_DIRECTORY}/${TOKEN_NAME.vault}`,
    },
  };
}

/** Asks for the role in the words of the file that needs it. */
function noteMissingRole(findings: Findings, file: string): void {
  const [theirs, ours] = [dropIn('role'), native('vault-role')];
  if (findings.text(theirs) !== undefined || findings.text(ours) !== undefined) return;
  const key = file.startsWith(DROP_IN.prefix) ? theirs : ours;
  findings.deny(key, 'is missing; expected the role to log in with');
}
