import { Fault } from '../../error.ts';
import { format } from '../../go/format.ts';
import { PLAIN } from '../../go/spec.ts';
import { Float, type GoValue, Integer, TypedList } from '../../go/value.ts';
import { type Family, type FunctionContext, takes, takesMore, type TemplateFunction } from '../signature.ts';
import { toDouble, toText, toWhole } from './cast.ts';

const whole = (value: bigint): Integer => new Integer(BigInt.asIntN(64, value), 'int64');

const folding = (fold: (sum: bigint, next: bigint) => bigint): TemplateFunction =>
  takesMore(['any'], 'any', ([first, ...others]) =>
    whole(others.map(toWhole).reduce((sum, next) => BigInt.asIntN(64, fold(sum, next)), toWhole(first))),
  );

const greatest = folding((most, next) => (next > most ? next : most));

function divisor(value: GoValue): bigint {
  const number = toWhole(value);
  if (number === 0n) throw new Fault('division by zero');
  return number;
}

export const SPRIG_NUMBER: Family<'sprigNumber'> = {
  sprig_atoi: takes(
    ['string'],
    ([text]) => new Integer(/^[+-]?\d+$/u.test(text) ? inRange(BigInt(text.replace('+', ''))) : 0n),
  ),
  /** Of octal digits. */
  sprig_toDecimal: takes(['any'], ([value]) => {
    const [, sign, digits] = /^([+-]?)([0-7]+)$/u.exec(format(value, PLAIN)) ?? [];
    const number = BigInt(`0o${digits ?? 0}`) * (sign === '-' ? -1n : 1n);
    return whole(number === BigInt.asIntN(64, number) ? number : 0n);
  }),
  sprig_int: takes(['any'], ([value]) => new Integer(toWhole(value))),
  sprig_int64: takes(['any'], ([value]) => whole(toWhole(value))),
  sprig_float64: takes(['any'], ([value]) => new Float(toDouble(value))),
  sprig_add: takesMore([], 'any', (values) =>
    whole(values.reduce<bigint>((sum, value) => sum + toWhole(value), 0n)),
  ),
  sprig_add1: takes(['any'], ([value]) => whole(toWhole(value) + 1n)),
  sprig_sub: takes(['any', 'any'], ([left, right]) => whole(toWhole(left) - toWhole(right))),
  sprig_mul: folding((product, next) => product * next),
  sprig_div: takes(['any', 'any'], ([left, right]) => whole(toWhole(left) / divisor(right))),
  sprig_mod: takes(['any', 'any'], ([left, right]) => whole(toWhole(left) % divisor(right))),
  sprig_max: greatest,
  sprig_biggest: greatest,
  sprig_min: folding((least, next) => (next < least ? next : least)),
  sprig_ceil: takes(['any'], ([value]) => new Float(Math.ceil(toDouble(value)))),
  sprig_floor: takes(['any'], ([value]) => new Float(Math.floor(toDouble(value)))),
  sprig_round: takesMore(
    ['any', 'int'],
    'float',
    ([value, places, from]) =>
      new Float(round(toDouble(value), Number(places.value), from === undefined ? 0.5 : from.value)),
  ),
  sprig_until: takes(['int'], ([{ value }], context) => steps([0n, value, value < 0n ? -1n : 1n], context)),
  sprig_untilStep: takes(['int', 'int', 'int'], ([start, stop, step], context) =>
    steps([start.value, stop.value, step.value], context),
  ),
  sprig_seq: takesMore([], 'int', (bounds, context) =>
    bounds.length > 3
      ? ''
      : sequence(
          bounds.map(({ value }) => value),
          context,
        ),
  ),
};

/** A number that does not fit into 64 bits becomes the nearest that does. */
function inRange(value: bigint): bigint {
  if (BigInt.asIntN(64, value) === value) return value;
  return value < 0n ? -(2n ** 63n) : 2n ** 63n - 1n;
}

/** Upwards from this fraction on. */
function round(value: number, places: number, from: number): number {
  const power = 10 ** places;
  const digit = power * value;
  return (digit % 1 >= from ? Math.ceil(digit) : Math.floor(digit)) / power;
}

function steps([start, stop, step]: readonly [bigint, bigint, bigint], context: FunctionContext): TypedList {
  const isDown = stop < start;
  if (step === 0n || isDown !== step < 0n) return new TypedList('[]int', []);
  const numbers: Integer[] = [];
  for (let at = start; isDown ? at > stop : at < stop; at += step) {
    context.spend(1);
    numbers.push(new Integer(at));
  }
  return new TypedList('[]int', numbers);
}

/** As the command `seq`: to an end, from a start, or by a step between them. */
function sequence(bounds: readonly bigint[], context: FunctionContext): string {
  const [start, end] = rangeOf(bounds);
  if (start === undefined || end === undefined) return '';
  const direction = end < start ? -1n : 1n;
  const step = bounds.length === 3 ? (bounds[1] ?? 0n) : direction;
  if (direction < 0n && step > 0n) return '';
  return steps([start, end + direction, step], context)
    .items.map(toText)
    .join(' ');
}

function rangeOf([first, second, third]: readonly bigint[]): readonly (bigint | undefined)[] {
  if (second === undefined) return [1n, first];
  return [first, third ?? second];
}
