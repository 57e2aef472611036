import type { VaultStore } from '#contract/agent-config.ts';
import type { ClientCertificate } from '#contract/vault-auth.ts';
import { dropIn, native } from './families.ts';
import type { Findings } from './findings.ts';
import { readAuthorityFile, readMountedDirectory, readMountedFile } from './secret-mounts.ts';
import { readDropIn } from './table.ts';

const CA_KEYS = [dropIn('ca-cert'), dropIn('auth-config-ca-cert')] as const;
const CA_DIRECTORY_KEY = dropIn('ca-key');
const SKIP_KEY = 'tls-skip-verify';

/** Whom the agent trusts, and what it shows, where a pod says so: files, which are followed when they are replaced. */
export function readVaultTls(
  findings: Findings,
): Pick<VaultStore, 'caFile' | 'clientCertificate' | 'serverName' | 'skipVerify'> {
  const caFile = readAuthority(findings);
  const clientCertificate = readCertificate(findings, [dropIn('client-cert'), dropIn('client-key')]);
  const serverName = readDropIn(findings, 'tls-server-name');
  const skipVerify = readDropIn(findings, SKIP_KEY) === true;
  if (skipVerify)
    findings.warn(
      dropIn(SKIP_KEY),
      'lets whoever is between the pod and the store take its token and its secrets; name the authority of the store in ca-cert instead',
    );
  return {
    ...(caFile === undefined ? {} : { caFile }),
    ...(clientCertificate && { clientCertificate }),
    ...(serverName === undefined ? {} : { serverName }),
    ...(skipVerify && { skipVerify }),
  };
}

/**
 * Vault Agent can trust another authority at its login than otherwise; this one logs in like it does everything else. A file
 * counts before a directory of files, as there.
 */
function readAuthority(findings: Findings): string | undefined {
  const own = readAuthorityFile(findings, 'vault-ca');
  const file = readAuthorityOfFile(findings);
  const directory = readMountedDirectory(findings, CA_DIRECTORY_KEY);
  if (file !== undefined && directory !== undefined)
    findings.warn(CA_DIRECTORY_KEY, `is ignored: ${CA_KEYS[0]} counts before it`);
  if (own !== undefined)
    for (const key of [...CA_KEYS, CA_DIRECTORY_KEY].filter((one) => (findings.text(one) ?? '') !== ''))
      findings.deny(key, `stands beside ${native('vault-ca')}; expected one of them alone`);
  return own ?? file ?? directory;
}

function readAuthorityOfFile(findings: Findings): string | undefined {
  const [general, atLogin] = CA_KEYS.map((key) => readMountedFile(findings, key));
  if (general !== undefined && atLogin !== undefined && general !== atLogin)
    findings.deny(CA_KEYS[1], `is another file than ${CA_KEYS[0]}; expected one of them alone`);
  return general ?? atLogin;
}

/** A certificate and its key, of which neither is good for anything without the other. */
export function readCertificate(
  findings: Findings,
  [certKey, keyKey]: readonly [string, string],
): ClientCertificate | undefined {
  const [certFile, keyFile] = [readMountedFile(findings, certKey), readMountedFile(findings, keyKey)];
  for (const [key, other] of [
    [certKey, keyKey],
    [keyKey, certKey],
  ] as const)
    if (findings.text(key) === undefined && findings.text(other) !== undefined)
      findings.deny(key, `is missing; expected it beside ${other}`);
  return certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile };
}
