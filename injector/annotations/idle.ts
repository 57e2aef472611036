import { DROP_IN, dropIn } from './families.ts';
import type { Findings } from './findings.ts';
import { advises, distance } from './nearest.ts';

/** What is said of a file beside its content. */
const OF_FILES = [
  'agent-inject-file-',
  'agent-inject-perms-',
  'agent-inject-command-',
  'secret-volume-path-',
  'error-on-missing-key-',
  'preserve-secret-case-',
];

/** The default template keeps its own delimiters. */
const OF_TEMPLATES = ['agent-template-left-delim-', 'agent-template-right-delim-'];

/**
 * Notes what is said of files and templates that there are not. As with the Vault Agent Injector nothing comes of it, but whoever
 * wrote it is told, and of which file it may have been meant.
 */
export function noteIdle(
  findings: Findings,
  names: readonly string[],
  hasTemplate: (name: string) => boolean,
): void {
  for (const { prefix, name } of saidOf(findings, OF_FILES))
    if (!names.includes(name))
      findings.warn(
        dropIn(prefix + name),
        `is ignored: there is no agent-inject-secret-${name} nor agent-inject-template-${name}${advises(findings.warnings) && advises(names) ? meant(prefix, name, names) : ''}`,
      );
  for (const { prefix, name } of saidOf(findings, OF_TEMPLATES))
    if (!hasTemplate(name))
      findings.warn(dropIn(prefix + name), `is ignored: there is no agent-inject-template-${name}`);
}

/** Keys of a file, but for blank ones. */
function saidOf(
  findings: Findings,
  prefixes: readonly string[],
): readonly { readonly prefix: string; readonly name: string }[] {
  return prefixes.flatMap((prefix) =>
    findings
      .suffixes(DROP_IN, `${prefix}X`)
      .filter((name) => findings.text(dropIn(prefix + name))?.trim() !== '')
      .map((name) => ({ prefix, name })),
  );
}

/** The file with the nearest name: people write `agent-inject-file-secret-a` for `agent-inject-file-a`. */
function meant(prefix: string, name: string, names: readonly string[]): string {
  const [nearest] = names.toSorted((a, b) => distance(name, a) - distance(name, b));
  return nearest === undefined ? '' : `; is ${prefix}${nearest} meant?`;
}
