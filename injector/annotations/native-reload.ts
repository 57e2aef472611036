import {
  DEFAULT_RELOAD_DEADLINE_MS,
  type Reload,
  type ReloadHeader,
  type ReloadKind,
  SUCCESS,
} from '#contract/reload.ts';
import { NATIVE, native } from './families.ts';
import type { Findings } from './findings.ts';
import type { InjectedFile } from './injection.ts';
import type { HttpCall } from './reload-values.ts';
import { readNative } from './table.ts';

const reloadKey = (name: string): string => native(`reload.${name}`);
const headerKey = (name: string): string => native(`reload-header.${name}`);
const bodyKey = (name: string): string => native(`reload-body.${name}`);
const successKey = (name: string): string => native(`reload-success.${name}`);
const deadlineKey = (name: string): string => native(`reload-deadline.${name}`);

/** The files, each with whom to tell of its changes. */
export function withReloads(findings: Findings, files: readonly InjectedFile[]): readonly InjectedFile[] {
  const told = files.map((file) => {
    const reload = readReload(findings, file.name, files);
    return reload === undefined ? file : { ...file, reload, reloadKey: reloadKey(file.name) };
  });
  noteIdle(findings, told);
  return told;
}

function readReload(findings: Findings, name: string, files: readonly InjectedFile[]): Reload | undefined {
  const call = readNative(findings, 'reload.<file>', name);
  const deadlineMs = readNative(findings, 'reload-deadline.<file>', name) ?? DEFAULT_RELOAD_DEADLINE_MS;
  const headers = readHeaders(findings, name, files);
  const success = readNative(findings, 'reload-success.<file>', name) ?? SUCCESS;
  if (!call) return undefined;
  if (call.kind === 'signal') return { ...call, deadlineMs };
  return { ...withBody(call, headers, findings.text(bodyKey(name))), success, deadlineMs };
}

/** A file is named as in its annotations, and read where it stands. */
function readHeaders(
  findings: Findings,
  name: string,
  files: readonly InjectedFile[],
): readonly ReloadHeader[] {
  const key = headerKey(name);
  const found = readNative(findings, 'reload-header.<file>', name) ?? [];
  return found.map(({ file, ...header }) => {
    if (file === undefined) return header;
    const source = files.find((one) => one.name === file);
    if (source) return { ...header, file: `${source.volume}/${source.path}` };
    findings.deny(key, `names the file "${file}", which there is not; expected a file of the pod`);
    return header;
  });
}

/** A body says what it is, unless a header does. */
function withBody(
  call: HttpCall,
  headers: readonly ReloadHeader[],
  body: string | undefined,
): HttpCall & { readonly headers: readonly ReloadHeader[]; readonly body?: string } {
  if (body === undefined) return { ...call, headers };
  if (headers.some(({ name }) => name.toLowerCase() === 'content-type')) return { ...call, headers, body };
  const text = isJson(body) ? 'application/json' : 'text/plain; charset=utf-8';
  return { ...call, headers: [...headers, { name: 'Content-Type', text }], body };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What belongs to a file that there is not, or goes with what nobody asks for. */
function noteIdle(findings: Findings, files: readonly InjectedFile[]): void {
  const kinds = new Map(files.map(({ name, reload }) => [name, reload?.kind]));
  for (const name of findings.suffixes(NATIVE, 'reload.<file>')) {
    if (kinds.has(name) || asksForNothing(findings, name)) continue;
    const content = `${native(`secret.${name}`)} or ${native(`template.${name}`)}`;
    findings.deny(reloadKey(name), `names a file without content; expected ${content} beside it`);
  }
  for (const { row, key, kind } of DETAILS) {
    for (const name of findings.suffixes(NATIVE, row)) {
      if (isOfUse(findings, name, kinds.get(name), kind)) continue;
      const expected = `${reloadKey(name)}: "${kind ?? 'http'}:…"`;
      findings.deny(key(name), `says how to tell what nobody tells; expected ${expected} beside it`);
    }
  }
}

/** What goes with something that cannot be read is of use until that is mended, and that is told anyway. */
function isOfUse(
  findings: Findings,
  name: string,
  found: ReloadKind | undefined,
  wanted: ReloadKind | undefined,
): boolean {
  if (found === undefined) return !asksForNothing(findings, name);
  return wanted === undefined || found === wanted;
}

const asksForNothing = (findings: Findings, name: string): boolean =>
  (findings.text(reloadKey(name)) ?? 'none').trim() === 'none';

interface Detail {
  readonly row: string;
  readonly key: (name: string) => string;
  /** The only kind that it goes with. */
  readonly kind?: 'http';
}

const DETAILS: readonly Detail[] = [
  { row: 'reload-header.<file>', key: headerKey, kind: 'http' },
  { row: 'reload-body.<file>', key: bodyKey, kind: 'http' },
  { row: 'reload-success.<file>', key: successKey, kind: 'http' },
  { row: 'reload-deadline.<file>', key: deadlineKey },
];
