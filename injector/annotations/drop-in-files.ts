import type { TemplateSource } from '#contract/agent-config.ts';
import { defaultTemplate } from './default-template.ts';
import { withCommands } from './drop-in-command.ts';
import { DROP_IN, dropIn } from './families.ts';
import type { Findings } from './findings.ts';
import { FILE_MODE, type InjectedFile } from './injection.ts';
import { noteClashes, readPlace } from './places.ts';
import { type ReadTemplate, readTemplate } from './template.ts';
import { parseDefaultTemplate, parseDelimiter, parseFlag, parseInterval, parseSecretPath } from './values.ts';

const SECRET = 'agent-inject-secret-';
const TEMPLATE = 'agent-inject-template-';
const FILE = 'agent-inject-file-';
const LEFT = 'agent-template-left-delim-';
const RIGHT = 'agent-template-right-delim-';
const MISSING_KEY = 'error-on-missing-key-';

const DELIMITERS = { left: '{{', right: '}}' } as const;

/** What is said where a pod asks for no file at all. */
export const DROP_IN_FILE_KEY = dropIn(`${SECRET}X`);

/** Every file that the drop-in family asks for, sorted by name. */
export function readDropInFiles(findings: Findings, volume: string): readonly InjectedFile[] {
  const wanted = [`${SECRET}X`, `${TEMPLATE}X`].flatMap((row) => findings.suffixes(DROP_IN, row));
  const names = [...new Set(wanted)].toSorted();
  const polling = readPolling(findings);
  const files = names.map((name) => ({
    name,
    volume,
    path: readPath(findings, name),
    mode: FILE_MODE,
    ...readContent(findings, name),
    ...polling,
    key: contentKey(findings, name),
  }));
  noteIdlePaths(findings, names);
  noteIdleSettings(findings, names);
  noteClashes(findings, files);
  return withCommands(findings, files);
}

/**
 * Who says how often means everything, as there: also what each read makes anew. What is wrong with it is said where the
 * interval of the pod is read.
 */
function readPolling(findings: Findings): Pick<InjectedFile, 'pollMs'> {
  const text = findings.text(dropIn('template-static-secret-render-interval'));
  const read = text === undefined ? undefined : parseInterval(text);
  return read && 'value' in read ? { pollMs: read.value } : {};
}

/** The annotation that says what is in a file. */
function contentKey(findings: Findings, name: string): string {
  const isTemplate = hasTemplate(findings, name) || findings.text(dropIn(SECRET + name)) === undefined;
  return dropIn((isTemplate ? TEMPLATE : SECRET) + name);
}

function hasTemplate(findings: Findings, name: string): boolean {
  return (findings.text(dropIn(TEMPLATE + name)) ?? '').trim() !== '';
}

/** The user's own template, or the default one for a path, which then is all that the path is for. */
function readContent(findings: Findings, name: string): ReadTemplate {
  const key = contentKey(findings, name);
  const settings = readSettings(findings, name);
  if (hasTemplate(findings, name))
    return readTemplate(findings, key, { ...settings, text: findings.text(dropIn(TEMPLATE + name)) ?? '' });
  if (findings.text(dropIn(SECRET + name)) === undefined) findings.deny(key, 'is blank; expected a template');
  const path = findings.read(dropIn(SECRET + name), parseSecretPath, '');
  const form = findings.read(dropIn('agent-inject-default-template'), parseDefaultTemplate, 'map');
  return { template: { ...settings, ...DELIMITERS, text: defaultTemplate(path, form) }, needs: ['vault'] };
}

/** What is said of a template beside its text. */
function readSettings(findings: Findings, name: string): Omit<TemplateSource, 'text'> {
  const errorOnMissingKey = findings.read(dropIn(MISSING_KEY + name), parseFlag, false);
  return {
    left: findings.read(dropIn(LEFT + name), parseDelimiter, '') || DELIMITERS.left,
    right: findings.read(dropIn(RIGHT + name), parseDelimiter, '') || DELIMITERS.right,
    ...(errorOnMissingKey && { errorOnMissingKey }),
  };
}

/** As the Vault Agent Injector: joined to the volume's directory, the name in lower case where nothing is said. */
function readPath(findings: Findings, name: string): string {
  const given = findings.text(dropIn(FILE + name)) ?? '';
  const [key, text] =
    given === '' ? [contentKey(findings, name), name.toLowerCase()] : [dropIn(FILE + name), given];
  return readPlace(findings, key, text) ?? name;
}

/** Places for files that nothing is rendered to. */
function noteIdlePaths(findings: Findings, names: readonly string[]): void {
  for (const name of findings.suffixes(DROP_IN, `${FILE}X`)) {
    if (names.includes(name)) continue;
    findings.deny(
      dropIn(FILE + name),
      `names a file without content; expected ${SECRET}${name} or ${TEMPLATE}${name} beside it`,
    );
  }
}

/** Settings of templates that there are not. The default template keeps its own delimiters. */
function noteIdleSettings(findings: Findings, names: readonly string[]): void {
  for (const prefix of [LEFT, RIGHT, MISSING_KEY])
    for (const name of findings.suffixes(DROP_IN, `${prefix}X`)) {
      const isUsed = prefix === MISSING_KEY ? names.includes(name) : hasTemplate(findings, name);
      if (!isUsed) findings.warn(dropIn(prefix + name), `is ignored: there is no ${TEMPLATE}${name}`);
    }
}
