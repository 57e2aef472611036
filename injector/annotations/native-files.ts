import type { FileContent } from '#contract/agent-config.ts';
import { parseSecretSource } from '#contract/secret-source.ts';
import { NATIVE, native } from './families.ts';
import type { Findings } from './findings.ts';
import { FILE_MODE, type InjectedFile, type StoreName } from './injection.ts';
import { withReloads } from './native-reload.ts';
import { noteClashes, readPlace } from './places.ts';
import { readTemplate } from './template.ts';
import { parseFormat } from './values.ts';

const secretKey = (name: string): string => native(`secret.${name}`);
const templateKey = (name: string): string => native(`template.${name}`);
const formatKey = (name: string): string => native(`format.${name}`);

/** What is said where a pod asks for no file at all. */
export const NATIVE_FILE_KEY = secretKey('<file>');

/** Every file that Sidekey's own family asks for, sorted by name. */
export function readNativeFiles(findings: Findings, volume: string): readonly InjectedFile[] {
  const wanted = ['secret.<file>', 'template.<file>'].flatMap((row) => findings.suffixes(NATIVE, row));
  const names = [...new Set(wanted)].toSorted();
  const files = names.map((name) => readFile(findings, name, volume));
  noteIdleFormats(findings);
  noteClashes(findings, files);
  return withReloads(findings, files);
}

function readFile(findings: Findings, name: string, volume: string): InjectedFile {
  const isSecret = findings.text(secretKey(name)) !== undefined;
  const key = isSecret ? secretKey(name) : templateKey(name);
  if (isSecret && findings.text(templateKey(name)) !== undefined)
    findings.deny(templateKey(name), `stands beside ${key}; expected one of them alone`);
  const content = isSecret ? readSource(findings, name) : readOwnTemplate(findings, name);
  return { name, volume, path: readPlace(findings, key, name) ?? name, mode: FILE_MODE, ...content, key };
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
