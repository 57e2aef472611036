import { decodeBytes, encodeText } from '#contract/template/bytes.ts';
import { Fault } from '../error.ts';
import { type Family, takes } from './signature.ts';

/** Whole groups of four, padded; line breaks are passed over, as Go does. */
const STANDARD = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/u;

export const BASE64: Family<'base64'> = {
  base64Encode: takes(['string'], ([text]) => encodeText(text).toString('base64')),
  base64Decode: takes(['string'], ([text]) => decode(text)),
  base64URLEncode: takes(['string'], ([text]) => toUrlAlphabet(encodeText(text).toString('base64'))),
  base64URLDecode: takes(['string'], ([text]) => decode(fromUrlAlphabet(text))),
};

function decode(text: string): string {
  const digits = text.replaceAll(/[\r\n]/gu, '');
  if (!STANDARD.test(digits)) throw new Fault('the text is not padded base64 of this alphabet');
  return decodeBytes(Buffer.from(digits, 'base64'));
}

const toUrlAlphabet = (text: string): string => text.replaceAll('+', '-').replaceAll('/', '_');

/** Digits of the other alphabet become such as no alphabet has. */
const fromUrlAlphabet = (text: string): string =>
  text.replaceAll(/[+/]/gu, '!').replaceAll('-', '+').replaceAll('_', '/');
