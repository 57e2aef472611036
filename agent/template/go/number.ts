import type { JsonNumber } from '../../value/value.ts';
import { Float, Integer } from './value.ts';

/** A number out of JSON as the first that it fits: an `int64`, a `float64`, else the token as it is. */
export function numberOf({ token }: JsonNumber): Integer | Float | string {
  if (/^-?\d+$/u.test(token)) {
    const integer = BigInt(token);
    if (BigInt.asIntN(64, integer) === integer) return new Integer(integer, 'int64');
  }
  const float = Number(token);
  return Number.isFinite(float) ? new Float(float) : token;
}
