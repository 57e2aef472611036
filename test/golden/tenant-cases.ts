import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { JsonObject } from '#contract/json.ts';
import type { Input } from '../../cli/input.ts';
import { readTenancy } from '../../cli/tenant/read.ts';
import type { Remark } from '../../governance/tenant/declaration.ts';
import type { ParsedTenancy } from '../../governance/tenant/parse.ts';

/** One folder per case: declarations, and what becomes of them below `expected/`, or what is wrong with them, in `expected.txt`. */
const RENDERED = join(import.meta.dirname, 'tenants');
const REFUSED = join(import.meta.dirname, 'tenant-problems');

export const renderedCases = readdirSync(RENDERED);
export const refusedCases = readdirSync(REFUSED);

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();

const declarationsIn = (folder: string): readonly Input[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }));

export const readRendered = (name: string): ParsedTenancy =>
  readTenancy(declarationsIn(join(RENDERED, name)));
export const readRefused = (name: string): ParsedTenancy =>
  readTenancy(declarationsIn(join(REFUSED, name)));

/** The documents of a case, as values. */
export function readDocuments(name: string): readonly JsonObject[] {
  const texts = declarationsIn(join(RENDERED, name)).map(({ text }) => text);
  return texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as JsonObject));
}

/** Every file that is to be written, by its path. */
export function expectedFiles(name: string): Readonly<Record<string, string>> {
  const root = join(RENDERED, name, 'expected');
  return Object.fromEntries(filesIn(root).map((file) => [file.slice(root.length + 1), readFileSync(file, 'utf8')]));
}

export const expectedRemarks = (name: string): string => readFileSync(join(REFUSED, name, 'expected.txt'), 'utf8');

/** One line for each. */
export function remarksText(parsed: ParsedTenancy): string {
  const line = ({ place, subject, message }: Remark): string =>
    `${place.file}:${place.line}:${place.column} ${subject}: ${message}\n`;
  const problems = parsed.ok ? [] : parsed.problems;
  return [...problems.map(line), ...parsed.notes.map((note) => `note ${line(note)}`)].join('');
}
