import type { FileContent } from '#contract/agent-config.ts';
import { parseSecretSource } from '#contract/secret-source.ts';
import { NATIVE, native } from './families.ts';
import type { Findings } from './findings.ts';
import { FILE_MODE, type InjectedFile, type StoreName } from './injection.ts';
import { withReloads } from './native-reload.ts';
import { noteClashes, readPlace } from './places.ts';
import { readTemplate } from './template.ts';
import { parseFormat, parseInterval } from './values.ts';

const secretKey = (name: string): string => native(`secret.${name}`);
const templateKey = (name: string): string => native(`template.${name}`);
const formatKey = (name: string): string => native(`format.${name}`);
const pollKey = (name: string): string => native(`poll.${name}`);

/** What is said where a pod asks for no file at all. */
export const NATIVE_FILE_KEY = secretKey('<file>');

/** Every file that Sidekey's own family asks for, sorted by name. */
export function readNativeFiles(findings: Findings, volume: string): readonly InjectedFile[] {
  const wanted = ['secret.<file>', 'template.<file>'].flatMap((row) => findings.suffixes(NATIVE, row));
  const names = [...new Set(wanted)].toSorted();
  const files = names.map((name) => readFile(findings, name, volume));
  noteIdleFormats(findings);
  noteIdlePolls(findings, names);
  noteClashes(findings, files);
  return withReloads(findings, files);
}

function readFile(findings: Findings, name: string, volume: string): InjectedFile {
  const isSecret = findings.text(secretKey(name)) !== undefined;
  const key = isSecret ? secretKey(name) : templateKey(name);
  if (isSecret && findings.text(templateKey(name)) !== undefined)
    findings.deny(templateKey(name), `stands beside ${key}; expected one of them alone`);
  const content = isSecret ? readSource(findings, name) : readOwnTemplate(findings, name);
  const pollMs = findings.read(pollKey(name), parseInterval, undefined);
  const polling = pollMs === undefined ? {} : { pollMs };
  const path = readPlace(findings, key, name) ?? name;
  return { name, volume, path, mode: FILE_MODE, ...content, ...polling, key };
}

type Content = FileContent & { readonly needs: readonly StoreName[] };

function readOwnTemplate(findings: Findings, name: string): Content {
  const text = findings.text(templateKey(name)) ?? '';
  if (text.trim() === '') findings.deny(templateKey(name), 'is blank; expected a template');
  return readTemplate(findings, templateKey(name), { text, left: '{{', right: '}}' });
}

/** One value stands alone in its file; of several, somebody has to be able to tell which is which. */
function readSource(findings: Findings, name: string): Content {
  const source = findings.read(secretKey(name), parseSecretSource, undefined);
  const format = findings.read(formatKey(name), parseFormat, source?.key === undefined ? 'json' : 'raw');
  if (source === undefined) return { template: { text: '', left: '{{', right: '}}' }, needs: [] };
  return { source, format, needs: [source.store] };
}

/** Formats of what is no secret as it stands. */
function noteIdleFormats(findings: Findings): void {
  for (const name of findings.suffixes(NATIVE, 'format.<file>')) {
    if (findings.text(secretKey(name)) === undefined)
      findings.deny(formatKey(name), `has nothing to format; expected ${secretKey(name)} beside it`);
  }
}

/** Intervals of what is no file. */
function noteIdlePolls(findings: Findings, names: readonly string[]): void {
  for (const name of findings.suffixes(NATIVE, 'poll.<file>')) {
    if (names.includes(name)) continue;
    const content = `${secretKey(name)} or ${templateKey(name)}`;
    findings.deny(pollKey(name), `names a file without content; expected ${content} beside it`);
  }
}
