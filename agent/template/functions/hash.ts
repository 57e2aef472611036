import { createHmac, hash } from 'node:crypto';
import { encodeText } from '#contract/template/bytes.ts';
import { type Family, takes } from './signature.ts';

export const HASH: Family<'hash'> = {
  sha256Hex: takes(['string'], ([text]) => hash('sha256', encodeText(text))),
  md5sum: takes(['string'], ([text]) => hash('md5', encodeText(text))),
  hmacSHA256Hex: takes(['string', 'string'], ([message, key]) =>
    createHmac('sha256', encodeText(key)).update(encodeText(message)).digest('hex'),
  ),
};
