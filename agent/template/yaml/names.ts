import type { Cursor } from './cursor.ts';

/** The name of an anchor or alias; its sign comes first. */
export function scanAnchor(cursor: Cursor): string {
  cursor.skip();
  const name = cursor.take(/[\w-]*/uy);
  const ends = cursor.isBlankOrEnd() || '?:,]}%@`'.includes(cursor.at());
  if (name === '' || !ends)
    throw cursor.fault('the name of an anchor has other letters than a-z, 0-9, _ and -');
  return name;
}

/** A tag as it is written: `!!int` is the suffix `int` of the handle `!!`. */
export interface Tag {
  readonly handle: string;
  readonly suffix: string;
}

const URI = /(?:[\w\-;/?:@&=+$,.!~*'()[\]]|%[\da-fA-F]{2})*/uy;

export function scanTag(cursor: Cursor): Tag {
  const tag = cursor.at(1) === '<' ? scanVerbatim(cursor) : scanShorthand(cursor);
  if (!cursor.isBlankOrEnd()) throw cursor.fault('a space is missing after a tag');
  return tag;
}

function scanVerbatim(cursor: Cursor): Tag {
  cursor.skip(2);
  const suffix = scanUri(cursor, '');
  if (suffix === '') throw cursor.fault('a tag is empty');
  if (cursor.at() !== '>') throw cursor.fault('a tag is not closed');
  cursor.skip();
  return { handle: '', suffix };
}

function scanShorthand(cursor: Cursor): Tag {
  const handle = cursor.take(/![\w-]*!?/uy);
  if (handle.length > 1 && handle.endsWith('!')) {
    const suffix = scanUri(cursor, '');
    if (suffix === '') throw cursor.fault('a tag is empty');
    return { handle, suffix };
  }
  const suffix = scanUri(cursor, handle.slice(1));
  return suffix === '' ? { handle: '', suffix: '!' } : { handle: '!', suffix };
}

function scanUri(cursor: Cursor, head: string): string {
  const written = head + cursor.take(URI);
  try {
    return decodeURIComponent(written);
  } catch {
    throw cursor.fault('a tag has an escape that names no character');
  }
}

export type Directive = { readonly version: string } | { readonly handle: string; readonly prefix: string };

/** `%YAML 1.1` or `%TAG ! prefix`, up to the end of the line. */
export function scanDirective(cursor: Cursor): Directive {
  cursor.skip();
  const name = cursor.take(/[\w-]*/uy);
  cursor.take(/[ \t]*/uy);
  const directive = name === 'YAML' ? scanVersion(cursor) : scanTagDirective(cursor, name);
  if (!cursor.skipToLineEnd()) throw cursor.fault('the line of a directive goes on');
  if (cursor.isBreak()) cursor.takeBreak();
  return directive;
}

function scanVersion(cursor: Cursor): Directive {
  const version = cursor.take(/\d{1,2}\.\d{1,2}(?!\d)/uy);
  if (version === '') throw cursor.fault('a version is missing');
  return { version };
}

function scanTagDirective(cursor: Cursor, name: string): Directive {
  if (name !== 'TAG') throw cursor.fault('a directive is not known');
  const handle = cursor.take(/!(?:[\w-]*!)?(?=[ \t])/uy);
  cursor.take(/[ \t]*/uy);
  const prefix = scanUri(cursor, '');
  if (handle === '' || prefix === '' || !cursor.isBlankOrEnd())
    throw cursor.fault('the directive %TAG is incomplete');
  return { handle, prefix };
}
