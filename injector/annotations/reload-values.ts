import {
  type HttpReload,
  isHeaderName,
  isHeaderValue,
  isLoopbackUrl,
  LOOPBACK_FORM,
  RELOAD_METHODS,
  RELOAD_SIGNALS,
  type ReloadHeader,
  type SignalReload,
  type StatusRange,
} from '#contract/reload.ts';
import { DURATION_FORM, parseDuration } from './duration.ts';
import { isPrintable, type Value, type ValueParser } from './values.ts';

/** A request, short of what other annotations say of it. */
export type HttpCall = Pick<HttpReload, 'kind' | 'method' | 'url'>;

const RELOAD_FORM =
  '"none", "http:<METHOD> <URL of this pod>" such as "http:POST http://127.0.0.1:8000/reload", or "signal:<SIGNAL> <whole command line>" such as "signal:SIGHUP python3 -m server"';

const LAST_SIGNAL = RELOAD_SIGNALS.at(-1);
export const SIGNAL_FORM = `${RELOAD_SIGNALS.slice(0, -1).join(', ')} or ${LAST_SIGNAL}, for others would end the application`;

/** Whom to tell, or null for nobody. */
export const parseReload: ValueParser<HttpCall | SignalReload | null> = (text) => {
  const [, kind, verb = '', rest = ''] = /^(http|signal):(\S+)\s+(\S.*)$/su.exec(text.trim()) ?? [];
  if (kind === 'http') return parseHttp(verb, rest);
  if (kind === 'signal') return parseSignal(verb, rest);
  return text.trim() === 'none' ? { value: null } : { expected: RELOAD_FORM };
};

function parseHttp(verb: string, url: string): Value<HttpCall> {
  const method = RELOAD_METHODS.find((known) => known === verb);
  if (method === undefined) return { expected: `one of ${RELOAD_METHODS.join(', ')} after "http:"` };
  return isLoopbackUrl(url) ? { value: { kind: 'http', method, url } } : { expected: LOOPBACK_FORM };
}

function parseSignal(verb: string, commandLine: string): Value<SignalReload> {
  const signal = RELOAD_SIGNALS.find((known) => known === verb);
  if (signal === undefined) return { expected: SIGNAL_FORM };
  return isPrintable(commandLine)
    ? { value: { kind: 'signal', signal, to: { commandLine } } }
    : { expected: 'the whole command line of one process, in one line' };
}

/** What is said of the message itself, and is not for anybody to set. */
const OWN_HEADERS = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** What these carry is secret, and an annotation is not. */
const SECRET_HEADERS = new Set(['authorization', 'cookie', 'proxy-authorization']);

const HEADERS_FORM =
  'one "<name>: <text>" for each line, each name once, where the text may end in "file:<file>" for what that file holds, such as "Authorization: Bearer file:admin-key"';

/** Headers; where one names a file, by the name that stands in annotations. */
export const parseHeaders: ValueParser<readonly ReloadHeader[]> = (text) => {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const headers = lines.map(parseHeader);
  const found = headers.filter((header) => header !== undefined);
  const names = found.map(({ name }) => name.toLowerCase());
  if (found.length < lines.length || found.length === 0 || new Set(names).size < names.length)
    return { expected: HEADERS_FORM };
  if (names.some((name) => OWN_HEADERS.has(name)))
    return { expected: `no header of ${[...OWN_HEADERS].join(', ')}` };
  const open = found.find(({ name, file }) => SECRET_HEADERS.has(name.toLowerCase()) && file === undefined);
  return open
    ? { expected: `"${open.name}: <text> file:<file>", for no secret stands in an annotation` }
    : { value: found };
};

function parseHeader(line: string): ReloadHeader | undefined {
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(0, colon)).trim();
  const value = line.slice(colon + 1).trim();
  const [, text = value, file] = /^(|.*\s)file:(\S+)$/u.exec(value) ?? [];
  if (!isHeaderName(name) || !isHeaderValue(text) || value === '') return undefined;
  return { name, text, ...(file === undefined ? {} : { file }) };
}

const SUCCESS_FORM = 'status codes from 100 to 599, such as "200-299" or "200,202,409"';

export const parseSuccess: ValueParser<readonly StatusRange[]> = (text) => {
  const ranges = text.split(',').map((part) => {
    const [, from, to = from] = /^\s*(\d{3})(?:\s*-\s*(\d{3}))?\s*$/u.exec(part) ?? [];
    return { from: Number(from), to: Number(to) };
  });
  const sound = ranges.every(({ from, to }) => from >= 100 && to <= 599 && from <= to);
  return sound ? { value: ranges } : { expected: SUCCESS_FORM };
};

/** One attempt may take longer than a shorter one. */
const SHORTEST_DEADLINE_MS = 5000;

/** Milliseconds. */
export const parseReloadDeadline: ValueParser<number> = (text) => {
  const deadline = parseDuration(text);
  return deadline !== undefined && deadline >= SHORTEST_DEADLINE_MS
    ? { value: deadline }
    : { expected: `${DURATION_FORM}, at least 5s` };
};
