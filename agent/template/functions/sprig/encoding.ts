import { hash } from 'node:crypto';
import { decodeBytes, encodeText } from '#contract/template/bytes.ts';
import { BASE64, base64Mistake, decodeBase64 } from '../base64.ts';
import { type Family, takes } from '../signature.ts';

/** What is wrong with what is decoded goes into the text, as in Sprig. */
export const SPRIG_ENCODING: Family<'sprigEncoding'> = {
  sprig_b64enc: BASE64.base64Encode,
  sprig_b64dec: takes(
    ['string'],
    ([text]) => decodeBase64(text) ?? `illegal base64 data at input byte ${base64Mistake(text)}`,
  ),
  sprig_b32enc: takes(['string'], ([text]) => encodeBase32(encodeText(text))),
  sprig_b32dec: takes(['string'], ([text]) => {
    const digits = encodeText(text)
      .toString('latin1')
      .replaceAll(/[\r\n]/gu, '');
    return STANDARD.test(digits)
      ? decodeBase32(digits)
      : `illegal base32 data at input byte ${base32Mistake(digits)}`;
  }),
  sprig_sha1sum: takes(['string'], ([text]) => hash('sha1', encodeText(text))),
  sprig_sha256sum: takes(['string'], ([text]) => hash('sha256', encodeText(text))),
  sprig_adler32sum: takes(['string'], ([text]) => adler32(encodeText(text))),
};

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function encodeBase32(bytes: Uint8Array): string {
  const digits: string[] = [];
  let [bits, count] = [0, 0];
  for (const byte of bytes) {
    bits = ((bits << 8) | byte) & 0xf_ff;
    for (count += 8; count >= 5; count -= 5) digits.push(DIGITS.charAt((bits >> (count - 5)) & 31));
  }
  if (count > 0) digits.push(DIGITS.charAt((bits << (5 - count)) & 31));
  return digits.join('').padEnd(Math.ceil(digits.length / 8) * 8, '=');
}

/** Whole groups of eight, padded; a few characters may follow the padding. */
const STANDARD =
  /^(?:[A-Z2-7]{8})*(?:[A-Z2-7]{2}={6}.{0,2}|[A-Z2-7]{4}={4}.{0,4}|[A-Z2-7]{5}={3}.{0,5}|[A-Z2-7]{7}=.{0,7})?$/su;

function decodeBase32(text: string): string {
  const bytes: number[] = [];
  let [bits, count] = [0, 0];
  for (const digit of text.replace(/=.*/su, '')) {
    bits = ((bits << 5) | DIGITS.indexOf(digit)) & 0xf_ff;
    count += 5;
    if (count < 8) continue;
    count -= 8;
    bytes.push((bits >> count) & 0xff);
  }
  return decodeBytes(Uint8Array.from(bytes));
}

/** The digit at which a text that is no padded base32 goes wrong, as Go counts. */
function base32Mistake(digits: string): number {
  const end = digits.search(/[^A-Z2-7]/u);
  if (end < 0) return digits.length - (digits.length % 8);
  const inGroup = end % 8;
  const left = digits.length - end - 1;
  if (digits.charAt(end) !== '=' || inGroup < 2 || left >= 8) return end;
  if (left + inGroup < 7) return digits.length;
  const other = digits.slice(end + 1, end + 8 - inGroup).search(/[^=]/u);
  return other < 0 ? end : end + other;
}

function adler32(bytes: Uint8Array): string {
  let [low, high] = [1, 0];
  for (const byte of bytes) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  return String(high * 65_536 + low);
}
