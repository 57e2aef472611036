import type { TemplateSource } from '#contract/agent-config.ts';
import { defaultTemplate } from './default-template.ts';
import { parseAgentFile } from './agent-values.ts';
import { withCommands } from './drop-in-command.ts';
import { DROP_IN, dropIn } from './families.ts';
import type { Findings } from './findings.ts';
import { FILE_MODE, type InjectedFile } from './injection.ts';
import { noteClashes, readPlace } from './places.ts';
import { readDropIn } from './table.ts';
import { type ReadContent, readTemplate } from './template.ts';
import { parseInterval } from './values.ts';

const SECRET = 'agent-inject-secret-';
const TEMPLATE = 'agent-inject-template-';
const TEMPLATE_FILE = 'agent-inject-template-file-';
const FILE = 'agent-inject-file-';
const LEFT = 'agent-template-left-delim-';
const RIGHT = 'agent-template-right-delim-';
const MISSING_KEY = 'error-on-missing-key-';
const PERMS = 'agent-inject-perms-';
const CASE = 'preserve-secret-case-';
const PLACE = 'secret-volume-path-';

const DELIMITERS = { left: '{{', right: '}}' } as const;

/** What is said where a pod asks for no file at all. */
export const DROP_IN_FILE_KEY = dropIn(`${SECRET}X`);

/** The names of all files that the drop-in family asks for, sorted. */
export function dropInFileNames(findings: Findings): readonly string[] {
  const rows = [`${SECRET}X`, `${TEMPLATE}X`, `${TEMPLATE_FILE}X`];
  const wanted = rows.flatMap((row) => findings.suffixes(DROP_IN, row));
  return [...new Set(wanted)].toSorted();
}

/** Every file that the drop-in family asks for, each in the directory that is given for its name. */
export function readDropInFiles(
  findings: Findings,
  directoryOf: (name: string) => string,
): readonly InjectedFile[] {
  const names = dropInFileNames(findings);
  const polling = readPolling(findings);
  const files = names.map((name): InjectedFile => ({
    name,
    volume: directoryOf(name),
    path: readPath(findings, name),
    ...readMode(findings, name),
    ...readContent(findings, name),
    ...polling,
    key: contentKey(findings, name),
  }));
  const all = [...files, ...readToken(findings, directoryOf(''), files)];
  noteIdleNames(findings, names);
  noteIdleSettings(findings, names);
  noteClashes(findings, all);
  return withCommands(findings, all);
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

function readMode(findings: Findings, name: string): Pick<InjectedFile, 'mode' | 'modeKey'> {
  const mode = readDropIn(findings, 'agent-inject-perms-X', name);
  return mode === undefined ? { mode: FILE_MODE } : { mode, modeKey: dropIn(PERMS + name) };
}

const TOKEN_KEY = dropIn('agent-inject-token');
const TOKEN_FILE = 'token';

/** The agent's own token, as the store tells whoever has it: a file like any other, made anew with each session. */
function readToken(
  findings: Findings,
  volume: string,
  files: readonly InjectedFile[],
): readonly InjectedFile[] {
  if (readDropIn(findings, 'agent-inject-token') !== true) return [];
  const isTaken = files.some(({ name }) => name === TOKEN_FILE);
  const source = { store: 'vault', path: 'auth/token/lookup-self', key: 'id' } as const;
  const token = { volume, path: TOKEN_FILE, mode: FILE_MODE, source, format: 'raw', key: TOKEN_KEY } as const;
  return [{ ...token, name: isTaken ? `${volume}/${TOKEN_FILE}` : TOKEN_FILE, needs: ['vault'] }];
}

/** The annotation that says what is in a file. */
function contentKey(findings: Findings, name: string): string {
  if (hasText(findings, TEMPLATE + name)) return dropIn(TEMPLATE + name);
  if (hasText(findings, TEMPLATE_FILE + name)) return dropIn(TEMPLATE_FILE + name);
  const isPath = findings.text(dropIn(SECRET + name)) !== undefined;
  return dropIn((isPath ? SECRET : TEMPLATE) + name);
}

const hasText = (findings: Findings, key: string): boolean =>
  (findings.text(dropIn(key)) ?? '').trim() !== '';

/** The user's own template, or the default one for a path, which then is all that the path is for. */
function readContent(findings: Findings, name: string): ReadContent {
  const key = contentKey(findings, name);
  const settings = readSettings(findings, name);
  if (hasText(findings, TEMPLATE + name))
    return readTemplate(findings, key, { ...settings, text: findings.text(dropIn(TEMPLATE + name)) ?? '' });
  if (hasText(findings, TEMPLATE_FILE + name)) {
    const file = findings.read(key, parseAgentFile, '');
    return { templateFile: { ...settings, file }, needs: ['vault'] };
  }
  if (findings.text(dropIn(SECRET + name)) === undefined) findings.deny(key, 'is blank; expected a template');
  const path = readDropIn(findings, 'agent-inject-secret-X', name) ?? '';
  const form = readDropIn(findings, 'agent-inject-default-template') ?? 'map';
  return { template: { ...settings, ...DELIMITERS, text: defaultTemplate(path, form) }, needs: ['vault'] };
}

/** What is said of a template beside its text. */
function readSettings(findings: Findings, name: string): Omit<TemplateSource, 'text'> {
  const errorOnMissingKey = readDropIn(findings, 'error-on-missing-key-X', name) === true;
  return {
    left: readDropIn(findings, 'agent-template-left-delim-X', name) || DELIMITERS.left,
    right: readDropIn(findings, 'agent-template-right-delim-X', name) || DELIMITERS.right,
    ...(errorOnMissingKey && { errorOnMissingKey }),
  };
}

/** As the Vault Agent Injector: joined to the volume's directory, the name in lower case where nothing is said. */
function readPath(findings: Findings, name: string): string {
  const given = findings.text(dropIn(FILE + name)) ?? '';
  const keepsCase =
    readDropIn(findings, 'preserve-secret-case-X', name) ?? readDropIn(findings, 'preserve-secret-case');
  const usual = keepsCase === true ? name : name.toLowerCase();
  const [key, text] = given === '' ? [contentKey(findings, name), usual] : [dropIn(FILE + name), given];
  return readPlace(findings, key, text) ?? name;
}

/** What is said of files that nothing is rendered to. */
function noteIdleNames(findings: Findings, names: readonly string[]): void {
  for (const prefix of [FILE, PERMS, PLACE])
    for (const name of findings.suffixes(DROP_IN, `${prefix}X`)) {
      if (names.includes(name)) continue;
      findings.deny(
        dropIn(prefix + name),
        `names a file without content; expected ${SECRET}${name} or ${TEMPLATE}${name} beside it`,
      );
    }
}

/** Settings of templates that there are not. The default template keeps its own delimiters. */
function noteIdleSettings(findings: Findings, names: readonly string[]): void {
  for (const prefix of [LEFT, RIGHT, MISSING_KEY, CASE])
    for (const name of findings.suffixes(DROP_IN, `${prefix}X`)) {
      const isDelimiter = prefix === LEFT || prefix === RIGHT;
      const isUsed = isDelimiter ? hasOwnTemplate(findings, name) : names.includes(name);
      if (!isUsed) findings.warn(dropIn(prefix + name), `is ignored: there is no ${TEMPLATE}${name}`);
    }
}

const hasOwnTemplate = (findings: Findings, name: string): boolean =>
  hasText(findings, TEMPLATE + name) || hasText(findings, TEMPLATE_FILE + name);
