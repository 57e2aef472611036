import { Fault } from '../error.ts';
import { Channel, type GoValue, Integer, isText, textOf, typeName } from '../go/value.ts';
import { parseInteger } from './parse.ts';
import { type Family, takes, takesMore } from './signature.ts';

export const FLOW: Family<'flow'> = {
  call: takesMore(['any'], 'any', () => {
    throw new Fault('expected a function, which no value of a template is');
  }),
  executeTemplate: takesMore(['string'], 'any', ([name, dot, ...more], context) => {
    if (more.length > 0) throw new Fault('expected a name and one value at most');
    return context.expand(name, dot ?? undefined);
  }),
  loop: takesMore([], 'any', (bounds) => {
    const [first, second] = bounds;
    if (bounds.length === 1) return new Channel(0n, bound(first));
    if (bounds.length !== 2) throw new Fault('expected one or two bounds');
    return new Channel(bound(first), bound(second));
  }),
  scratch: takes([], (_none, context) => context.scratch),
};

function bound(value: GoValue): bigint {
  if (value instanceof Integer) return BigInt.asIntN(64, value.value);
  if (isText(value)) return parseInteger(textOf(value));
  throw new Fault(`a bound is of type ${typeName(value)}; expected an integer`);
}
