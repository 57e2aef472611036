import { Fault } from '../error.ts';
import { Float, Integer } from '../go/value.ts';
import { type Family, takes } from './signature.ts';

const TRUE: ReadonlySet<string> = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const FALSE: ReadonlySet<string> = new Set(['', '0', 'f', 'F', 'false', 'FALSE', 'False']);

/** Of an empty text each gives the zero of its type. */
export const PARSE: Family<'parse'> = {
  parseBool: takes(['string'], ([text]) => {
    if (!TRUE.has(text) && !FALSE.has(text))
      throw new Fault('the text is not a boolean; expected true or false');
    return TRUE.has(text);
  }),
  parseInt: takes(['string'], ([text]) => new Integer(parseInteger(text), 'int64')),
  parseUint: takes(['string'], ([text]) => new Integer(parseUnsigned(text), 'uint64')),
  parseFloat: takes(['string'], ([text]) => new Float(parseDouble(text))),
};

/** A decimal integer of 64 bits with sign. Throws Fault. */
export function parseInteger(text: string): bigint {
  if (!/^(?:[+-]?\d+)?$/u.test(text)) throw new Fault('the text is not a decimal integer');
  const value = text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text.replace('+', ''));
  if (BigInt.asIntN(64, value) !== value) throw new Fault('the integer does not fit into 64 bits');
  return value;
}

function parseUnsigned(text: string): bigint {
  if (!/^\d*$/u.test(text)) throw new Fault('the text is not a decimal integer without sign');
  const value = BigInt(text);
  if (BigInt.asUintN(64, value) !== value) throw new Fault('the integer does not fit into 64 bits');
  return value;
}

/** A decimal number, infinity or NaN. Throws Fault. */
export function parseDouble(text: string): number {
  const special = /^(?<sign>[+-]?)(?:(?<infinity>inf(?:inity)?)|nan)$/iu.exec(text)?.groups;
  if (special?.['infinity'] !== undefined) return special['sign'] === '-' ? -Infinity : Infinity;
  if (special !== undefined && special['sign'] === '') return Number.NaN;
  if (!/^(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)?$/u.test(text)) {
    throw new Fault('the text is not a decimal number');
  }
  const value = Number(text);
  if (!Number.isFinite(value)) throw new Fault('the number is out of range');
  return value;
}
