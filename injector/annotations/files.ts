import type { TemplateSource } from '#contract/agent-config.ts';
import { containedPath, RELATIVE_PATH_FORM } from '#contract/path.ts';
import { defaultTemplate } from './default-template.ts';
import { TemplateSyntaxError } from '#contract/template/error.ts';
import { FUNCTION_FAMILIES } from '#contract/template/functions.ts';
import { parseTemplate } from '#contract/template/parse.ts';
import type { Findings } from './findings.ts';
import type { InjectedFile } from './injection.ts';
import { DROP_IN_PREFIX, findName } from './names.ts';
import { isPrintable, parseSecretPath, quoted } from './values.ts';

const SECRET = 'agent-inject-secret-';
const TEMPLATE = 'agent-inject-template-';
const FILE = 'agent-inject-file-';

/** Readable by whichever user the application runs as. */
const FILE_MODE = 0o644;

/** Every file that the annotations ask for, sorted by name. */
export function readFiles(findings: Findings, volume: string): readonly InjectedFile[] {
  const names = [...new Set([...suffixes(findings, SECRET), ...suffixes(findings, TEMPLATE)])].toSorted();
  const files = names.map((name) => ({
    name,
    volume,
    path: readPath(findings, name),
    mode: FILE_MODE,
    template: readTemplate(findings, name),
    key: contentKey(findings, name),
  }));
  if (names.length === 0)
    findings.deny(`${DROP_IN_PREFIX}${SECRET}X`, 'is missing; expected at least one secret or template');
  noteIdlePaths(findings, names);
  noteClashes(findings, files);
  return files;
}

/** The X of every key of one family. */
function suffixes(findings: Findings, prefix: string): readonly string[] {
  return findings.dropInKeys().flatMap((key) => {
    const found = findName(key);
    return found?.name.key === `${prefix}X` ? [found.suffix] : [];
  });
}

/** The annotation that says what is in a file. */
function contentKey(findings: Findings, name: string): string {
  const isTemplate = hasTemplate(findings, name) || findings.text(SECRET + name) === undefined;
  return DROP_IN_PREFIX + (isTemplate ? TEMPLATE : SECRET) + name;
}

function hasTemplate(findings: Findings, name: string): boolean {
  return (findings.text(TEMPLATE + name) ?? '').trim() !== '';
}

/** The user's own template, or the default one for a path, which then is all that the path is for. */
function readTemplate(findings: Findings, name: string): TemplateSource {
  if (hasTemplate(findings, name)) {
    const source = templateOf(findings.text(TEMPLATE + name) ?? '');
    noteSyntax(findings, name, source);
    return source;
  }
  if (findings.text(SECRET + name) === undefined)
    findings.deny(contentKey(findings, name), 'is blank; expected a template');
  return templateOf(defaultTemplate(findings.read(SECRET + name, parseSecretPath, '')));
}

function templateOf(text: string): TemplateSource {
  return { text, left: '{{', right: '}}' };
}

function noteSyntax(findings: Findings, name: string, source: TemplateSource): void {
  try {
    const { functions } = parseTemplate(source);
    for (const called of FUNCTION_FAMILIES.infisical)
      if (functions.has(called))
        findings.deny(
          contentKey(findings, name),
          `calls ${called}, but annotations give an agent Vault alone`,
        );
  } catch (error) {
    if (!(error instanceof TemplateSyntaxError)) throw error;
    findings.deny(contentKey(findings, name), shortened(error.message));
  }
}

const MESSAGE_CHARACTERS = 240;

/** A syntax error quotes the place where it stopped, which may be as long as the template. */
function shortened(message: string): string {
  const line = message.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
  return line.length > MESSAGE_CHARACTERS ? `${line.slice(0, MESSAGE_CHARACTERS)}…` : line;
}

/** As the Vault Agent Injector: joined to the volume's directory, the name in lower case where nothing is said. */
function readPath(findings: Findings, name: string): string {
  const given = findings.text(FILE + name) ?? '';
  const text = given === '' ? name.toLowerCase() : given;
  const path = isPrintable(text) ? containedPath(text) : undefined;
  if (path !== undefined) return path;
  const key = given === '' ? contentKey(findings, name) : `${DROP_IN_PREFIX}${FILE}${name}`;
  findings.deny(key, `would render the file ${quoted(text)}; expected ${RELATIVE_PATH_FORM}`);
  return name;
}

/** Places for files that nothing is rendered to. */
function noteIdlePaths(findings: Findings, names: readonly string[]): void {
  for (const name of suffixes(findings, FILE)) {
    if (names.includes(name)) continue;
    findings.deny(
      `${DROP_IN_PREFIX}${FILE}${name}`,
      `names a file without content; expected ${SECRET}${name} or ${TEMPLATE}${name} beside it`,
    );
  }
}

/** Two files in one place, or a file where another one needs a directory. */
function noteClashes(findings: Findings, files: readonly InjectedFile[]): void {
  const owners = new Map<string, string>();
  for (const { key, path } of files) {
    const owner = owners.get(path);
    if (owner === undefined) owners.set(path, key);
    else findings.deny(key, `renders ${quoted(path)}, as does ${owner}; expected a path of its own`);
  }
  for (const { key, path } of files) {
    const owner = parents(path)
      .map((parent) => owners.get(parent))
      .find((found) => found !== undefined);
    if (owner !== undefined)
      findings.deny(key, `renders ${quoted(path)} below the file of ${owner}; expected a path outside it`);
  }
}

/** `a` and `a/b` for `a/b/c`. */
function parents(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}
