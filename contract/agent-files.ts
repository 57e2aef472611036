import type { FileContent, FileSpec, TemplateFile, TemplateSource } from './agent-config.ts';
import { readReload } from './agent-reload.ts';
import { FILE_FORMATS } from './file-format.ts';
import { containedPath, isAbsoluteDirectory, RELATIVE_PATH_FORM } from './path.ts';
import type { Reader } from './reader.ts';
import { describeSource, parseSecretSource, type SecretSource } from './secret-source.ts';
import { type Write, WRITES } from './write.ts';

/** What is written is compared with what stands there, so the agent has to be able to read it. */
const OWNER_MAY_READ = 0o400;

/** More often than this, even one pod is a burden to a store. */
export const SHORTEST_POLL_MS = 100;

/** Reads the files of a configuration, of which there has to be one, each with a name and a place of its own. */
export function readFiles(root: Reader): readonly FileSpec[] {
  const files = root.list('files').map(readFile);
  checkUnique(root, files);
  return files;
}

function readFile(reader: Reader): FileSpec {
  const path = reader.string('path');
  const contained = containedPath(path);
  if (contained === undefined) reader.report('path', `must be ${RELATIVE_PATH_FORM}`);
  const reload = readReload(reader);
  const file: FileSpec = {
    name: reader.string('name'),
    volume: readDirectory(reader, 'volume'),
    path: contained ?? path,
    mode: reader.integer('mode', { min: 0, max: 0o777, fallback: 0o644 }),
    ...readContent(reader),
    ...readWrite(reader),
    ...(reload && { reload }),
    ...readPoll(reader),
  };
  if ((file.mode & OWNER_MAY_READ) === 0)
    reader.report('mode', 'must let the owner read, as 256 (octal 0400) does');
  reader.finish();
  return file;
}

function readWrite(reader: Reader): { readonly write?: Write } {
  if ((reader.unknown('write') ?? undefined) === undefined) return {};
  return { write: reader.choice('write', WRITES, 'rename') };
}

function readPoll(reader: Reader): Pick<FileSpec, 'pollMs'> {
  if ((reader.unknown('pollMs') ?? undefined) === undefined) return {};
  return { pollMs: reader.integer('pollMs', { min: SHORTEST_POLL_MS }) };
}

/** One of the three; where there are several, all are looked at for what is wrong with them. */
function readContent(reader: Reader): FileContent {
  const given = CONTENTS.filter((key) => (reader.unknown(key) ?? undefined) !== undefined);
  if (given.length === 0) reader.report('template', 'must be an object, unless there is "source"');
  for (const other of given.slice(1)) reader.report(given[0] ?? '', `must not stand beside "${other}"`);
  const [first] = given.map((key) => READERS[key](reader));
  return first ?? { template: NOTHING };
}

const CONTENTS = ['source', 'template', 'templateFile'] as const;

const READERS: Readonly<Record<(typeof CONTENTS)[number], (reader: Reader) => FileContent>> = {
  source: readSourceContent,
  template: (reader) => ({ template: readTemplate(reader.child('template')) }),
  templateFile: (reader) => ({ templateFile: readTemplateFile(reader.child('templateFile')) }),
};

const NOTHING: TemplateSource = { text: '', left: '', right: '' };

function readSourceContent(reader: Reader): FileContent {
  const source = readSource(reader);
  const fallback = source.key === undefined ? 'json' : 'raw';
  return { source, format: reader.choice('format', FILE_FORMATS, fallback) };
}

function readTemplate(template: Reader): TemplateSource {
  const source = { text: template.string('text', undefined, { allowEmpty: true }), ...readSyntax(template) };
  template.finish();
  return source;
}

function readTemplateFile(template: Reader): TemplateFile {
  const source = { file: template.string('file'), ...readSyntax(template) };
  template.finish();
  return source;
}

const readSyntax = (template: Reader): Omit<TemplateSource, 'text'> => ({
  left: template.string('left', '{{'),
  right: template.string('right', '}}'),
  ...(template.boolean('errorOnMissingKey', false) && { errorOnMissingKey: true }),
});

const NOWHERE: SecretSource = { store: 'vault', path: '' };

/** A source travels as its text. */
function readSource(reader: Reader): SecretSource {
  const read = parseSecretSource(reader.string('source'));
  if ('value' in read) return read.value;
  reader.report('source', `must be ${read.expected}`);
  return NOWHERE;
}

/** A file in the form that `readFiles` reads. */
export function describeFile(file: FileSpec): object {
  return 'source' in file ? { ...file, source: describeSource(file.source) } : file;
}

/** An absolute directory. */
export function readDirectory(reader: Reader, key: string, fallback?: string): string {
  const value = reader.string(key, fallback);
  if (!isAbsoluteDirectory(value)) reader.report(key, 'must be an absolute directory other than "/"');
  return value;
}

function checkUnique(root: Reader, files: readonly FileSpec[]): void {
  const seen = new Map<string, string>();
  const names = new Set<string>();
  for (const { name, volume, path } of files) {
    const target = `${volume}/${path}`;
    const other = seen.get(target);
    if (other !== undefined) root.report('files', `"${other}" and "${name}" both render ${target}`);
    if (names.has(name)) root.report('files', `has two entries named "${name}"`);
    names.add(name);
    seen.set(target, name);
  }
  for (const [target, name] of seen) {
    const below = [...seen.keys()].find((other) => other.startsWith(`${target}/`));
    if (below !== undefined)
      root.report('files', `"${name}" renders ${target}, which ${below} needs as a directory`);
  }
  if (files.length === 0) root.report('files', 'must name at least one file to render');
}
