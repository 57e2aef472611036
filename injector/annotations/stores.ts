import { DROP_IN_FILE_KEY } from './drop-in-files.ts';
import type { Files } from './files.ts';
import type { Findings } from './findings.ts';
import { readInfisical } from './infisical-store.ts';
import type { InjectedFile, Injection, StoreName } from './injection.ts';
import type { OperatorDefaults } from './operator.ts';
import { readVault } from './vault-store.ts';

/** What the files of a pod make of its settings. */
interface Wanted {
  readonly files: Files;
  /** Whether it asks in Sidekey's own words and no others. */
  readonly asksNatively: boolean;
}

/**
 * Reads the settings of both stores. All of them are checked, but a store is there, and a role or an identity is asked for,
 * only if a file needs it. A drop-in pod whose templates need none logs in to Vault all the same, as it always did.
 */
export function readStores(
  findings: Findings,
  defaults: OperatorDefaults,
  { files, asksNatively }: Wanted,
): Pick<Injection, 'vault' | 'infisical' | 'credentials'> {
  const all = [...files.dropIn, ...files.native];
  const inNeedOf = (store: StoreName): string | undefined =>
    all.find(({ needs }) => needs.includes(store))?.key;
  const isIdle = all.every(({ needs }) => needs.length === 0);
  if (isIdle && asksNatively) noteNoSecret(findings, all);
  const idleFile = isIdle && !asksNatively ? (all[0]?.key ?? DROP_IN_FILE_KEY) : undefined;
  const vault = readVault(findings, defaults.vault, inNeedOf('vault') ?? idleFile);
  const infisical = readInfisical(findings, defaults.infisical, inNeedOf('infisical'));
  return {
    ...(vault && { vault: vault.store }),
    ...(infisical && { infisical: infisical.store }),
    credentials: [vault, infisical].flatMap((access) => access?.credentials ?? []),
  };
}

/** An agent without a store is of no use. What is wrong with a file hides what it needs. */
function noteNoSecret(findings: Findings, files: readonly InjectedFile[]): void {
  const wrong = new Set(findings.problems.map(({ key }) => key));
  const [first] = files;
  if (first === undefined || files.some(({ key }) => wrong.has(key))) return;
  findings.deny(
    first.key,
    'reads no secret, nor does any other file of the pod; expected a template that calls secret or listSecrets',
  );
}
