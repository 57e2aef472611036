import { isAbsoluteDirectory } from './path.ts';
import type { Reader } from './reader.ts';
import {
  DEFAULT_RELOAD_DEADLINE_MS,
  type HttpReload,
  isHeaderName,
  isHeaderValue,
  isLoopbackUrl,
  LOOPBACK_FORM,
  type ProcessPattern,
  type Reload,
  RELOAD_KINDS,
  RELOAD_METHODS,
  RELOAD_SIGNALS,
  type ReloadCall,
  type ReloadHeader,
  type StatusRange,
  SUCCESS,
} from './reload.ts';

/** Reads who is told of a file's changes; undefined if nobody is. */
export function readReload(file: Reader): Reload | undefined {
  if ((file.unknown('reload') ?? undefined) === undefined) return undefined;
  const reader = file.child('reload');
  const deadlineMs = reader.integer('deadlineMs', { min: 0, fallback: DEFAULT_RELOAD_DEADLINE_MS });
  const reload = { ...readCall(reader), deadlineMs };
  reader.finish();
  return reload;
}

function readCall(reader: Reader): ReloadCall {
  const kind = reader.choice('kind', RELOAD_KINDS, 'http');
  switch (kind) {
    case 'http':
      return readHttp(reader);
    case 'signal':
      return {
        kind,
        signal: reader.choice('signal', RELOAD_SIGNALS, 'SIGHUP'),
        to: readProcess(reader.child('to')),
      };
    case 'command':
      return { kind, words: readWords(reader) };
  }
}

function readHttp(reader: Reader): HttpReload {
  const url = reader.string('url');
  if (!isLoopbackUrl(url)) reader.report('url', `must be ${LOOPBACK_FORM}`);
  const body = reader.unknown('body') ?? undefined;
  const listed = (key: string): boolean => (reader.unknown(key) ?? undefined) !== undefined;
  return {
    kind: 'http',
    method: reader.choice('method', RELOAD_METHODS, 'POST'),
    url,
    headers: listed('headers') ? reader.list('headers').map(readHeader) : [],
    ...(body === undefined ? {} : { body: reader.string('body', undefined, { allowEmpty: true }) }),
    success: listed('success') ? reader.list('success').map(readRange) : SUCCESS,
  };
}

function readHeader(reader: Reader): ReloadHeader {
  const name = reader.string('name');
  const text = reader.string('text', '', { allowEmpty: true });
  const file = reader.optionalString('file');
  if (!isHeaderName(name)) reader.report('name', 'must be the name of a header');
  if (!isHeaderValue(text)) reader.report('text', 'must be what can stand in a header');
  if (file !== undefined && !isAbsoluteDirectory(file)) reader.report('file', 'must be an absolute path');
  reader.finish();
  return { name, text, ...(file === undefined ? {} : { file }) };
}

function readRange(reader: Reader): StatusRange {
  const from = reader.integer('from', { min: 100, max: 599 });
  const range = { from, to: reader.integer('to', { min: from, max: 599, fallback: from }) };
  reader.finish();
  return range;
}

function readProcess(reader: Reader): ProcessPattern {
  const name = reader.optionalString('name');
  const pattern = name === undefined ? { commandLine: reader.string('commandLine') } : { name };
  reader.finish();
  return pattern;
}

const isWord = (word: unknown): word is string => typeof word === 'string' && !word.includes('\0');

function readWords(reader: Reader): readonly string[] {
  const words: unknown = reader.unknown('words');
  if (Array.isArray(words) && words.every(isWord) && words[0]) return words;
  reader.report('words', 'must be a list of texts, of which the first names a program');
  return [];
}
