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
  if (base64Mistake(text) !== undefined) throw new Fault('the text is not padded base64 of this alphabet');
  return decodeBase64(text);
}

/** The bytes that whole groups of four stand for. */
export const decodeBase64 = (text: string): string => decodeBytes(Buffer.from(text, 'base64'));

const DIGIT = /[A-Za-z0-9+/]/u;

/** The byte at which a text ceases to be padded base64, as Go counts; line breaks are passed over. Undefined if it never does. */
export function base64Mistake(text: string): number | undefined {
  const bytes = encodeText(text).toString('latin1');
  const digits = [...bytes.matchAll(/[^\r\n]/gu)];
  const end = digits.findIndex(([digit]) => !DIGIT.test(digit));
  const position = (index: number): number => digits[index]?.index ?? bytes.length;
  if (end < 0) return digits.length % 4 === 0 ? undefined : bytes.length - (digits.length % 4);
  const inGroup = end % 4;
  if (digits[end]?.[0] !== '=' || inGroup < 2) return position(end);
  if (inGroup === 2 && digits[end + 1] === undefined) return bytes.length;
  if (inGroup === 2 && digits[end + 1]?.[0] !== '=') return position(end + 1) - 1;
  return digits[end - inGroup + 4]?.index;
}

const toUrlAlphabet = (text: string): string => text.replaceAll('+', '-').replaceAll('/', '_');

/** Digits of the other alphabet become such as no alphabet has. */
const fromUrlAlphabet = (text: string): string =>
  text.replaceAll(/[+/]/gu, '!').replaceAll('-', '+').replaceAll('_', '/');
