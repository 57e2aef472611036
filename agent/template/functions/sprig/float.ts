import { Fault } from '../../error.ts';
import { Float } from '../../go/value.ts';
import { type Family, takes, takesMore, type TemplateFunction } from '../signature.ts';
import { toDouble } from './cast.ts';

/** Sprig counts with decimals here, so that 0.1 and 0.2 make 0.3: this many of that power of ten. */
interface Decimal {
  readonly digits: bigint;
  readonly power: number;
}

/** What is written in the fewest digits, taken for exact. */
function toDecimal(value: number): Decimal {
  if (!Number.isFinite(value)) throw new Fault('the number is not finite');
  const [mantissa = '', power = '0'] = value.toExponential().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return { digits: BigInt(whole + fraction), power: Number(power) - fraction.length };
}

const toFloat = ({ digits, power }: Decimal): Float => new Float(Number(`${digits}e${power}`));

/** The digits at a power of ten that is no greater. */
const digitsAt = ({ digits, power }: Decimal, least: number): bigint => digits * 10n ** BigInt(power - least);

function add(left: Decimal, right: Decimal): Decimal {
  const power = Math.min(left.power, right.power);
  return { digits: digitsAt(left, power) + digitsAt(right, power), power };
}

const subtract = (left: Decimal, { digits, power }: Decimal): Decimal =>
  add(left, { digits: -digits, power });

const multiply = (left: Decimal, right: Decimal): Decimal => ({
  digits: left.digits * right.digits,
  power: left.power + right.power,
});

const PLACES = 16;

/** To this many places; what is half of the last one counts as whole. */
function divide(left: Decimal, right: Decimal): Decimal {
  if (right.digits === 0n) throw new Fault('division by zero');
  const power = Math.min(left.power, right.power - PLACES);
  const divisor = right.digits * 10n ** BigInt(right.power - PLACES - power);
  const twice = 2n * digitsAt(left, power);
  const half = twice < 0n === divisor < 0n ? divisor : -divisor;
  return { digits: (twice + half) / (2n * divisor), power: -PLACES };
}

type Operation = (left: Decimal, right: Decimal) => Decimal;

const folding = (operation: Operation): TemplateFunction =>
  takesMore(['any'], 'any', ([first, ...others]) =>
    toFloat(
      others
        .map((other) => toDecimal(toDouble(other)))
        .reduce((sum, next) => operation(sum, next), toDecimal(toDouble(first))),
    ),
  );

const extreme = (infinity: number, choose: (left: number, right: number) => number): TemplateFunction =>
  takesMore(
    ['any'],
    'any',
    (values) =>
      new Float(
        values
          .map(toDouble)
          // An infinity counts for more than what is no number.
          .reduce((most, next) => (most === infinity || next === infinity ? infinity : choose(most, next))),
      ),
  );

const ZERO = toDecimal(0);

export const SPRIG_FLOAT: Family<'sprigFloat'> = {
  sprig_add1f: takes(['any'], ([value]) => toFloat(add(toDecimal(toDouble(value)), toDecimal(1)))),
  sprig_addf: takesMore([], 'any', (values) =>
    toFloat(values.map((value) => toDecimal(toDouble(value))).reduce(add, ZERO)),
  ),
  sprig_subf: folding(subtract),
  sprig_mulf: folding(multiply),
  sprig_divf: folding(divide),
  sprig_maxf: extreme(Infinity, Math.max),
  sprig_minf: extreme(-Infinity, Math.min),
};
