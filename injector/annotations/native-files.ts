import { NATIVE, native } from './families.ts';
import type { Findings } from './findings.ts';
import { FILE_MODE, type InjectedFile } from './injection.ts';
import { withReloads } from './native-reload.ts';
import { completeKey } from './names.ts';
import { noteClashes, readPlace } from './places.ts';
import { readNative } from './table.ts';
import { type ReadContent, readTemplate } from './template.ts';

const secretKey = (name: string): string => native(`secret.${name}`);
const templateKey = (name: string): string => native(`template.${name}`);
const formatKey = (name: string): string => native(`format.${name}`);
const modeKey = (name: string): string => native(`mode.${name}`);

/** What is said where a pod asks for no file at all. */
export const NATIVE_FILE_KEY = secretKey('<file>');

/** Every file that Sidekey's own family asks for, sorted by name. */
export function readNativeFiles(findings: Findings, volume: string): readonly InjectedFile[] {
  const wanted = ['secret.<file>', 'template.<file>'].flatMap((row) => findings.suffixes(NATIVE, row));
  const names = [...new Set(wanted)].toSorted();
  const files = names.map((name) => readFile(findings, name, volume));
  noteIdleFormats(findings);
  noteIdleSettings(findings, names);
  noteClashes(findings, files);
  return withReloads(findings, files);
}

function readFile(findings: Findings, name: string, volume: string): InjectedFile {
  const isSecret = findings.text(secretKey(name)) !== undefined;
  const key = isSecret ? secretKey(name) : templateKey(name);
  if (isSecret && findings.text(templateKey(name)) !== undefined)
    findings.deny(templateKey(name), `stands beside ${key}; expected one of them alone`);
  const content = isSecret ? readSource(findings, name) : readOwnTemplate(findings, name);
  const path = readPlace(findings, key, name) ?? name;
  return { name, volume, path, ...content, ...readSettings(findings, name), key };
}

/** What is said of a file beside what is in it. */
function readSettings(
  findings: Findings,
  name: string,
): Pick<InjectedFile, 'mode' | 'modeKey' | 'write' | 'pollMs'> {
  const mode = readNative(findings, 'mode.<file>', name);
  const write = readNative(findings, 'write.<file>', name);
  const pollMs = readNative(findings, 'poll.<file>', name);
  return {
    mode: mode ?? FILE_MODE,
    ...(mode === undefined ? {} : { modeKey: modeKey(name) }),
    ...(write === undefined || write === 'set' ? {} : { write }),
    ...(pollMs === undefined ? {} : { pollMs }),
  };
}

function readOwnTemplate(findings: Findings, name: string): ReadContent {
  const text = findings.text(templateKey(name)) ?? '';
  if (text.trim() === '') findings.deny(templateKey(name), 'is blank; expected a template');
  return readTemplate(findings, templateKey(name), { text, left: '{{', right: '}}' });
}

/** One value stands alone in its file; of several, somebody has to be able to tell which is which. */
function readSource(findings: Findings, name: string): ReadContent {
  const source = readNative(findings, 'secret.<file>', name);
  const format = readNative(findings, 'format.<file>', name) ?? (source?.key === undefined ? 'json' : 'raw');
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

const SETTINGS = ['poll.<file>', 'mode.<file>', 'write.<file>', 'containers.<file>'];

/** What is said of what is no file. */
function noteIdleSettings(findings: Findings, names: readonly string[]): void {
  for (const row of SETTINGS)
    for (const name of findings.suffixes(NATIVE, row)) {
      if (names.includes(name)) continue;
      const content = `${secretKey(name)} or ${templateKey(name)}`;
      findings.deny(
        native(completeKey(row, name)),
        `names a file without content; expected ${content} beside it`,
      );
    }
}
