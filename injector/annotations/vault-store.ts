import type { VaultStore } from '#contract/agent-config.ts';
import { dropIn } from './families.ts';
import type { Findings } from './findings.ts';
import type { VaultDefaults } from './operator.ts';
import { pairOf, settle } from './settle.ts';
import { allowedAddress, noteUnset, type StoreAccess, trust } from './store-access.ts';
import { readDropIn } from './table.ts';
import { addressParser, type ValueParser } from './values.ts';
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
  const settings = defaults ?? UNSET;
  const place = readPlace(findings, defaults);
  const { caFile, clientCertificate: shown, ...tls } = readVaultTls(findings);
  const connection = readConnection(findings, settings);
  const { auth, credentials } = readVaultLogin(findings, { ...settings, shown }, file);
  if (file === undefined) return undefined;
  if (defaults === undefined) {
    noteUnset(findings, VAULT, file);
    return undefined;
  }
  if (!place.address.startsWith('https://')) noteWithoutTls(findings, auth.method, place.address);
  return {
    store: {
      ...place,
      auth,
      // What logs in is shown all the time.
      ...(auth.method === 'cert' || shown === undefined ? {} : { clientCertificate: shown }),
      ...trust(defaults.caPem, caFile),
      ...tls,
      ...connection,
    },
    credentials,
  };
}

function readPlace(
  findings: Findings,
  defaults: VaultDefaults | undefined,
): Pick<VaultStore, 'address' | 'namespace'> {
  const parse = allowedAddress(VAULT, defaults);
  const settings = defaults ?? UNSET;
  const address = settle(findings, { dropIn: 'service', native: 'vault-address', parse }, settings.address);
  const namespace = settle(findings, pairOf('namespace', 'vault-namespace'), settings.namespace ?? '');
  return { address, ...(namespace === '' ? {} : { namespace }) };
}

const PROXY_KEY = dropIn('proxy-address');

/** How the store is reached. As with the Vault Agent Injector, a proxy is for an address with TLS alone. */
function readConnection(
  findings: Findings,
  { proxy, allowedProxies = [], timeoutMs }: VaultDefaults,
): Pick<VaultStore, 'proxy' | 'maxConnections' | 'timeoutMs'> {
  const allowed = [...(proxy === undefined ? [] : [proxy]), ...allowedProxies];
  const wanted = findings.read(PROXY_KEY, proxyParser(allowed), proxy ?? '');
  const maxConnections = readDropIn(findings, 'template-max-connections-per-host') ?? 0;
  readDropIn(findings, 'client-max-retries');
  return {
    ...(wanted === '' ? {} : { proxy: wanted }),
    ...(maxConnections === 0 ? {} : { maxConnections }),
    timeoutMs: readDropIn(findings, 'client-timeout') ?? timeoutMs,
  };
}

/** The empty text asks for none, whatever the operator's is. */
function proxyParser(allowed: readonly string[]): ValueParser<string> {
  if (allowed.length > 0) return (text) => (text === '' ? { value: '' } : addressParser(allowed)(text));
  const expected = 'no such annotation, for the operator allows no proxy (SIDEKEY_VAULT_ALLOWED_PROXIES)';
  return (text) => (text === '' ? { value: '' } : { expected, rule: 'address' });
}

/** A certificate is shown by TLS alone, and only TLS goes by a proxy. */
function noteWithoutTls(findings: Findings, method: VaultStore['auth']['method'], address: string): void {
  const plain = `${address} is reached without TLS`;
  if (method === 'cert')
    for (const key of METHOD_KEYS.filter((candidate) => findings.text(candidate) !== undefined))
      findings.deny(key, `is "cert", and ${plain}; expected an address that begins with https://`);
  for (const key of [PROXY_KEY, dropIn('tls-server-name'), dropIn('tls-skip-verify')])
    if ((findings.text(key) ?? '') !== '') findings.warn(key, `is of no use: ${plain}`);
}
