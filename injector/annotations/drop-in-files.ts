import type { TemplateSource } from '#contract/agent-config.ts';
import { defaultTemplate } from './default-template.ts';
import { parseAgentFile } from './agent-values.ts';
import { withCommands } from './drop-in-command.ts';
import { DROP_IN, dropIn } from './families.ts';
import type { Findings } from './findings.ts';
import { FILE_MODE, type InjectedFile } from './injection.ts';
import { noteIdle } from './idle.ts';
import { noteClashes, readPlace } from './places.ts';
import type { Place } from './directories.ts';
import { readDropIn } from './table.ts';
import { type ReadContent, readTemplate } from './template.ts';
import { quoted } from './values.ts';

const SECRET = 'agent-inject-secret-';
const TEMPLATE = 'agent-inject-template-';
const TEMPLATE_FILE = 'agent-inject-template-file-';
const FILE = 'agent-inject-file-';
const PERMS = 'agent-inject-perms-';

const DELIMITERS = { left: '{{', right: '}}' } as const;

/** What is said where a pod asks for no file at all. */
export const DROP_IN_FILE_KEY = dropIn(`${SECRET}X`);

/** The keys by which a file is asked for, without its name. */
const CONTENTS = [SECRET, TEMPLATE, TEMPLATE_FILE];

/** The names of all files that the drop-in family asks for, sorted. As there, a blank text asks for none. */
export function dropInFileNames(findings: Findings): readonly string[] {
  const wanted = CONTENTS.flatMap((prefix) =>
    findings.suffixes(DROP_IN, `${prefix}X`).filter((name) => hasText(findings, prefix + name)),
  );
  return [...new Set(wanted)].toSorted();
}

/** Who leaves a text blank may have meant something. */
function noteBlank(findings: Findings, names: readonly string[]): void {
  for (const prefix of CONTENTS)
    for (const name of findings.suffixes(DROP_IN, `${prefix}X`))
      if (!names.includes(name))
        findings.warn(dropIn(prefix + name), `is blank, so that there is no file ${quoted(name)}`);
}

/** Every file that the drop-in family asks for, each in the directory that is given for its name. */
export function readDropInFiles(
  findings: Findings,
  placeOf: (name: string) => Place,
): readonly InjectedFile[] {
  const names = dropInFileNames(findings);
  const polling = readPolling(findings);
  const files = names.map((name): InjectedFile => ({
    name,
    volume: placeOf(name).volume,
    path: placeOf(name).below + readPath(findings, name),
    ...readMode(findings, name),
    ...readContent(findings, name),
    ...polling,
    key: contentKey(findings, name),
  }));
  const all = [...files, ...readToken(findings, placeOf(''), files)];
  readDropIn(findings, 'agent-inject-default-template');
  noteBlank(findings, names);
  noteIdle(findings, names, (name) => hasTemplate(findings, name));
  noteClashes(findings, all);
  return withCommands(findings, all);
}

/** Who says how often means everything, as there: also what each read makes anew. */
function readPolling(findings: Findings): Pick<InjectedFile, 'pollMs'> {
  const pollMs = readRenderInterval(findings);
  return pollMs === undefined ? {} : { pollMs };
}

/** How often the drop-in family wants to read again what has no lease; undefined if it leaves that to the operator. */
export const readRenderInterval = (findings: Findings): number | undefined =>
  readDropIn(findings, 'template-static-secret-render-interval') || undefined;

function readMode(findings: Findings, name: string): Pick<InjectedFile, 'mode' | 'modeKey'> {
  const mode = readDropIn(findings, 'agent-inject-perms-X', name);
  return mode === undefined ? { mode: FILE_MODE } : { mode, modeKey: dropIn(PERMS + name) };
}

const TOKEN_KEY = dropIn('agent-inject-token');
const TOKEN_FILE = 'token';

/** The agent's own token, as the store tells whoever has it: a file like any other, made anew with each session. */
function readToken(
  findings: Findings,
  { volume, below }: Place,
  files: readonly InjectedFile[],
): readonly InjectedFile[] {
  if (readDropIn(findings, 'agent-inject-token') !== true) return [];
  const isTaken = files.some(({ name }) => name === TOKEN_FILE);
  const source = { store: 'vault', path: 'auth/token/lookup-self', key: 'id' } as const;
  const path = below + TOKEN_FILE;
  const token = { volume, path, mode: FILE_MODE, source, format: 'raw', key: TOKEN_KEY } as const;
  return [{ ...token, name: isTaken ? `${volume}/${path}` : TOKEN_FILE, needs: ['vault'] }];
}

/** The annotation that says what is in a file. */
function contentKey(findings: Findings, name: string): string {
  if (hasTemplate(findings, name)) return dropIn(TEMPLATE + name);
  return dropIn((hasTemplateFile(findings, name) ? TEMPLATE_FILE : SECRET) + name);
}

/** Space is a template, too, for it is rendered. */
const hasTemplate = (findings: Findings, name: string): boolean =>
  (findings.text(dropIn(TEMPLATE + name)) ?? '') !== '';

const hasTemplateFile = (findings: Findings, name: string): boolean =>
  !hasTemplate(findings, name) && (findings.text(dropIn(TEMPLATE_FILE + name)) ?? '') !== '';

const hasText = (findings: Findings, key: string): boolean =>
  (findings.text(dropIn(key)) ?? '').trim() !== '';

/** The user's own template, or the default one for a path, which then is all that the path is for. */
function readContent(findings: Findings, name: string): ReadContent {
  const key = contentKey(findings, name);
  const settings = readSettings(findings, name);
  if (hasTemplate(findings, name))
    return readTemplate(findings, key, { ...settings, text: findings.text(dropIn(TEMPLATE + name)) ?? '' });
  if (hasTemplateFile(findings, name)) {
    const file = findings.read(key, parseAgentFile, '');
    return { templateFile: { ...settings, file }, needs: ['vault'] };
  }
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
