/**
 * Go strings are bytes, ours are UTF-16. A byte that is no part of valid UTF-8 (a key store out of `base64Decode`, `"\xff"`)
 * travels as the lone surrogate U+DC00 + byte, which no well-formed text contains, and becomes that byte again in a file.
 */
const ESCAPE_BASE = 0xdc00;

/** Well-formed UTF-8 by lead byte (The Unicode Standard, table 3-7): lead from, to, second byte from, to, length. */
const SEQUENCES = [
  [0xc2, 0xdf, 0x80, 0xbf, 2],
  [0xe0, 0xe0, 0xa0, 0xbf, 3],
  [0xe1, 0xec, 0x80, 0xbf, 3],
  [0xed, 0xed, 0x80, 0x9f, 3],
  [0xee, 0xef, 0x80, 0xbf, 3],
  [0xf0, 0xf0, 0x90, 0xbf, 4],
  [0xf1, 0xf3, 0x80, 0xbf, 4],
  [0xf4, 0xf4, 0x80, 0x8f, 4],
] as const;

/** Length of the valid UTF-8 sequence at an index, or 0 if there is none. */
function sequenceLength(bytes: Uint8Array, index: number): number {
  const [lead = 0, second = 0, ...rest] = bytes.subarray(index, index + 4);
  if (lead < 0x80) return 1;
  const row = SEQUENCES.find(([from, to]) => lead >= from && lead <= to);
  if (row === undefined) return 0;
  const [, , from, to, length] = row;
  const tail = rest.slice(0, length - 2);
  const valid = second >= from && second <= to && tail.length === length - 2;
  return valid && tail.every((byte) => byte >= 0x80 && byte <= 0xbf) ? length : 0;
}

/** The text of some bytes; those that are not UTF-8 are escaped, so that `encodeText` gives the same bytes back. */
export function decodeBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = '';
  let start = 0;
  for (let index = 0; index < buffer.length;) {
    const length = sequenceLength(buffer, index);
    if (length === 0) {
      text += buffer.toString('utf8', start, index) + String.fromCharCode(ESCAPE_BASE + (buffer[index] ?? 0));
      start = index + 1;
    }
    index += Math.max(length, 1);
  }
  return text + buffer.toString('utf8', start);
}

/** The bytes of a text: UTF-8, escaped bytes as they were. */
export function encodeText(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text);
  const parts: Buffer[] = [];
  let start = 0;
  for (let index = 0; index < text.length; index += 1) {
    const byte = escapedByte(text, index);
    if (byte === undefined) continue;
    parts.push(Buffer.from(text.slice(start, index)), Buffer.of(byte));
    start = index + 1;
  }
  return Buffer.concat([...parts, Buffer.from(text.slice(start))]);
}

/** The byte escaped at an index, if one is. */
function escapedByte(text: string, index: number): number | undefined {
  const unit = text.charCodeAt(index);
  if (unit < ESCAPE_BASE + 0x80 || unit > ESCAPE_BASE + 0xff) return undefined;
  const previous = text.charCodeAt(index - 1);
  return previous >= 0xd800 && previous <= 0xdbff ? undefined : unit - ESCAPE_BASE;
}

/** Length in bytes, which is what Go counts. */
export function byteLength(text: string): number {
  return text.isWellFormed() ? Buffer.byteLength(text) : encodeText(text).length;
}
