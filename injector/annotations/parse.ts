import type { VaultStore } from '#contract/agent-config.ts';
import { DROP_IN_DIRECTORY, TOKEN_DIRECTORY } from '#contract/layout.ts';
import type { Problem } from '#contract/problem.ts';
import { readFiles } from './files.ts';
import { Findings } from './findings.ts';
import { type Injection, TOKEN_NAME } from './injection.ts';
import { DROP_IN_PREFIX } from './names.ts';
import type { OperatorDefaults } from './operator.ts';
import type { Annotations } from './request.ts';
import { noteUnfollowed } from './unfollowed.ts';
import {
  addressParser,
  parseAuthMethod,
  parseAuthPath,
  parseDirectory,
  parseFlag,
  parseInterval,
  parseNamespace,
  parseRole,
} from './values.ts';

export interface ReadAnnotations {
  /** To be acted upon only if there are no problems; until then it serves to look for more of them. */
  readonly injection: Injection;
  /** Every problem, sorted by key. */
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** Reads what a pod asks for. To be called for pods that ask at all. */
export function parseAnnotations(annotations: Annotations, defaults: OperatorDefaults): ReadAnnotations {
  const findings = new Findings(annotations);
  findings.read('agent-inject', parseFlag, true);
  const directory = findings.read('secret-volume-path', parseDirectory, DROP_IN_DIRECTORY);
  const injection: Injection = {
    mode: findings.read('agent-pre-populate-only', parseFlag, false) ? 'init' : 'run',
    directory,
    vault: readStore(findings, defaults),
    files: readFiles(findings, directory),
    pollMs: findings.read('template-static-secret-render-interval', parseInterval, defaults.pollMs),
    startDeadlineMs: defaults.startDeadlineMs,
    revokeOnShutdown: findings.read('agent-revoke-on-shutdown', parseFlag, defaults.revokeOnShutdown),
  };
  noteUnfollowed(findings);
  return {
    injection,
    problems: findings.problems.toSorted(byKey),
    warnings: findings.warnings.toSorted(byKey),
  };
}

function byKey(a: Problem, b: Problem): number {
  return a.key < b.key ? -1 : Number(a.key > b.key);
}

function readStore(findings: Findings, { vault }: OperatorDefaults): VaultStore {
  if (findings.text('role') === undefined)
    findings.deny(`${DROP_IN_PREFIX}role`, 'is missing; expected the role to log in with');
  const namespace = findings.read('namespace', parseNamespace, vault.namespace ?? '');
  return {
    address: findings.read(
      'service',
      addressParser([vault.address, ...vault.allowedAddresses]),
      vault.address,
    ),
    ...(namespace === '' ? {} : { namespace }),
    auth: {
      method: findings.read('auth-type', parseAuthMethod, vault.authMethod),
      path: findings.read('auth-path', parseAuthPath, vault.authPath),
      role: findings.read('role', parseRole, ''),
      tokenFile: `${TOKEN_DIRECTORY}/${TOKEN_NAME}`,
    },
    ...(vault.caPem === undefined ? {} : { caPem: vault.caPem }),
    timeoutMs: vault.timeoutMs,
  };
}
