import type { VaultStore } from '#contract/agent-config.ts';
import type { Findings } from './findings.ts';
import type { VaultDefaults } from './operator.ts';
import { settle } from './settle.ts';
import { allowedAddress, noteUnset, type StoreAccess } from './store-access.ts';
import { parseNamespace } from './values.ts';
import { METHOD_KEYS, readVaultLogin } from './vault-login.ts';
import { readVaultTls } from './vault-tls.ts';

const VAULT = { name: 'Vault', variable: 'SIDEKEY_VAULT_ADDRESS' };

/** What values are checked against where the operator has set no Vault. */
const UNSET: VaultDefaults = {
  address: '',
  allowedAddresses: [],
  authMethod: 'kubernetes',
  authPath: 'auth/kubernetes',
  timeoutMs: 0,
};

/** Reads the settings of Vault in both families. It is there if a file needs it, which is named by its annotation. */
export function readVault(
  findings: Findings,
  defaults: VaultDefaults | undefined,
  file: string | undefined,
): StoreAccess<VaultStore> | undefined {
  const parse = allowedAddress(VAULT, defaults);
  const settings = defaults ?? UNSET;
  const address = settle(findings, { dropIn: 'service', native: 'vault-address', parse }, settings.address);
  const namespace = settle(
    findings,
    { dropIn: 'namespace', native: 'vault-namespace', parse: parseNamespace },
    settings.namespace ?? '',
  );
  const { caFile, clientCertificate: shown } = readVaultTls(findings);
  const { auth, credentials } = readVaultLogin(findings, { ...settings, shown }, file);
  if (file === undefined) return undefined;
  if (defaults === undefined) {
    noteUnset(findings, VAULT, file);
    return undefined;
  }
  if (auth.method === 'cert' && !address.startsWith('https://')) noteWithoutTls(findings, address);
  const { caPem, timeoutMs } = defaults;
  return {
    store: {
      address,
      ...(namespace === '' ? {} : { namespace }),
      auth,
      // What logs in is shown all the time.
      ...(auth.method === 'cert' || shown === undefined ? {} : { clientCertificate: shown }),
      ...trust(caPem, caFile),
      timeoutMs,
    },
    credentials,
  };
}

/** Whom a pod trusts takes the place of whom the operator does. */
function trust(caPem: string | undefined, caFile: string | undefined): Pick<VaultStore, 'caPem' | 'caFile'> {
  if (caFile !== undefined) return { caFile };
  return caPem === undefined ? {} : { caPem };
}

/** A certificate is shown by TLS alone. */
function noteWithoutTls(findings: Findings, address: string): void {
  for (const key of METHOD_KEYS.filter((candidate) => findings.text(candidate) !== undefined))
    findings.deny(
      key,
      `is "cert", and ${address} is reached without TLS; expected an address that begins with https://`,
    );
}
