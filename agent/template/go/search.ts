import { decodeBytes, encodeText } from '#contract/template/bytes.ts';

/**
 * What Go looks for in a text are bytes. As long as these are whole characters, ours are searched as they are; a part of a
 * character, which `slice` may leave, is found inside others.
 */
export const bytesOf = (text: string): string => encodeText(text).toString('latin1');

export const fromBytes = (bytes: string): string => decodeBytes(Buffer.from(bytes, 'latin1'));

/** An empty separator splits into characters. */
export function splitText(text: string, separator: string): readonly string[] {
  if (separator === '') return Array.from(text);
  if (separator.isWellFormed()) return text.split(separator);
  return bytesOf(text).split(bytesOf(separator)).map(fromBytes);
}

export const holds = (text: string, part: string): boolean =>
  part.isWellFormed() ? text.includes(part) : bytesOf(text).includes(bytesOf(part));

export const beginsWith = (text: string, part: string): boolean =>
  part.isWellFormed() ? text.startsWith(part) : bytesOf(text).startsWith(bytesOf(part));

export const endsWith = (text: string, part: string): boolean =>
  part.isWellFormed() ? text.endsWith(part) : bytesOf(text).endsWith(bytesOf(part));

/** Without what it begins with, if it does. */
export function withoutPrefix(text: string, prefix: string): string {
  if (!beginsWith(text, prefix)) return text;
  return prefix.isWellFormed()
    ? text.slice(prefix.length)
    : fromBytes(bytesOf(text).slice(bytesOf(prefix).length));
}

/** Without what it ends with, if it does. */
export function withoutSuffix(text: string, suffix: string): string {
  if (suffix === '' || !endsWith(text, suffix)) return text;
  return suffix.isWellFormed()
    ? text.slice(0, -suffix.length)
    : fromBytes(bytesOf(text).slice(0, -bytesOf(suffix).length));
}

/** The same text in the one form that it has: bytes that make a character together are one. */
export const wholeText = (text: string): string =>
  text.isWellFormed() ? text : decodeBytes(encodeText(text));
