import type { VaultStore } from '#contract/agent-config.ts';
import type { ClientCertificate } from '#contract/vault-auth.ts';
import { dropIn } from './families.ts';
import type { Findings } from './findings.ts';
import { readMountedFile } from './secret-mounts.ts';

const CA_KEYS = [dropIn('ca-cert'), dropIn('auth-config-ca-cert')] as const;

/** Whom the agent trusts, and what it shows, where a pod says so: files, which are followed when they are replaced. */
export function readVaultTls(findings: Findings): Pick<VaultStore, 'caFile' | 'clientCertificate'> {
  const caFile = readAuthority(findings);
  const clientCertificate = readCertificate(findings, [dropIn('client-cert'), dropIn('client-key')]);
  return {
    ...(caFile === undefined ? {} : { caFile }),
    ...(clientCertificate && { clientCertificate }),
  };
}

/** Vault Agent can trust another authority at its login than otherwise; this one logs in like it does everything else. */
function readAuthority(findings: Findings): string | undefined {
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
