import { Fault } from '../error.ts';
import { equal, less } from '../go/compare.ts';
import { type Family, takes, takesMore } from './signature.ts';

export const COMPARISON: Family<'comparison'> = {
  eq: takesMore(['any'], 'any', ([first, ...others]) => {
    if (others.length === 0) throw new Fault('a second value is missing');
    return others.some((other) => equal(first, other));
  }),
  ne: takes(['any', 'any'], ([left, right]) => !equal(left, right)),
  lt: takes(['any', 'any'], ([left, right]) => less(left, right)),
  le: takes(['any', 'any'], ([left, right]) => less(left, right) || equal(left, right)),
  gt: takes(['any', 'any'], ([left, right]) => !(less(left, right) || equal(left, right))),
  ge: takes(['any', 'any'], ([left, right]) => !less(left, right)),
};
