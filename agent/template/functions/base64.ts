import { decodeBytes, encodeText } from '#contract/template/bytes.ts';
import { Fault } from '../error.ts';
import { type Family, takes } from './signature.ts';

export const BASE64: Family<'base64'> = {
  base64Encode: takes(['string'], ([text]) => encodeText(text).toString('base64')),
  base64Decode: takes(['string'], ([text]) => decode(text)),
  base64URLEncode: takes(['string'], ([text]) => toUrlAlphabet(encodeText(text).toString('base64'))),
  base64URLDecode: takes(['string'], ([text]) => decode(fromUrlAlphabet(text))),
};

function decode(text: string): string {
  const decoded = decodeBase64(text);
  if (decoded === undefined) throw new Fault('the text is not padded base64 of this alphabet');
  return decoded;
}

/** Whole groups of four, padded. */
const STANDARD = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/u;

/** The bytes that a text stands for, line breaks passed over, as Go does; undefined if it is no padded base64. */
export function decodeBase64(text: string): string | undefined {
  const digits = text.replaceAll(/[\r\n]/gu, '');
  return STANDARD.test(digits) ? decodeBytes(Buffer.from(digits, 'base64')) : undefined;
}

/** The byte at which a text that is no padded base64 goes wrong, as Go counts. */
export function base64Mistake(text: string): number {
  const bytes = encodeText(text).toString('latin1');
  const digits = [...bytes.matchAll(/[^\r\n]/gu)];
  const end = digits.findIndex(([digit]) => !/[A-Za-z0-9+/]/u.test(digit));
  if (end < 0) return bytes.length - (digits.length % 4);
  const inGroup = end % 4;
  const at = (index: number): number => digits[index]?.index ?? bytes.length;
  if (digits[end]?.[0] !== '=' || inGroup < 2) return at(end);
  if (inGroup === 3 || digits[end + 1]?.[0] === '=') return at(end - inGroup + 4);
  return end + 1 === digits.length ? bytes.length : at(end + 1) - 1;
}

const toUrlAlphabet = (text: string): string => text.replaceAll('+', '-').replaceAll('/', '_');

/** Digits of the other alphabet become such as no alphabet has. */
const fromUrlAlphabet = (text: string): string =>
  text.replaceAll(/[+/]/gu, '!').replaceAll('-', '+').replaceAll('_', '/');
