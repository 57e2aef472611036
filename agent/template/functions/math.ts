import { Fault } from '../error.ts';
import { Float, type GoValue, Integer, type IntegerType, typeName } from '../go/value.ts';
import { type Family, takes, type TemplateFunction } from './signature.ts';

interface Operation {
  readonly integers: (left: bigint, right: bigint) => bigint;
  /** Absent if the operation has no meaning for floats. */
  readonly floats?: (left: number, right: number) => number;
}

/** Made for pipes: the last argument is the left operand. */
function arithmetic({ integers, floats }: Operation): TemplateFunction {
  return takes(['any', 'any'], ([right, left]) => {
    const operands = [left, right].map(numeric);
    const [leftInteger, rightInteger] = operands;
    if (leftInteger instanceof Integer && rightInteger instanceof Integer) {
      return wrapped(integers(leftInteger.value, rightInteger.value), resultType(leftInteger, rightInteger));
    }
    if (floats === undefined) throw new Fault('expected two integers');
    const [leftNumber = 0, rightNumber = 0] = operands.map(({ value }) => Number(value));
    return new Float(floats(leftNumber, rightNumber));
  });
}

/** The operand that is chosen keeps its type, widened to 64 bits. */
function choice(picksLeft: (left: GoNumber, right: GoNumber) => boolean): TemplateFunction {
  return takes(['any', 'any'], ([right, left]) => {
    const [first, second] = [numeric(left), numeric(right)];
    const chosen = picksLeft(first, second) ? first : second;
    return chosen instanceof Float ? chosen : new Integer(chosen.value, chosen.signed ? 'int64' : 'uint64');
  });
}

type GoNumber = Integer | Float;

function numeric(value: GoValue): GoNumber {
  if (value instanceof Integer || value instanceof Float) return value;
  throw new Fault(`type ${typeName(value)} is not a number; use parseInt or parseFloat`);
}

const resultType = (left: Integer, right: Integer): IntegerType =>
  left.signed || right.signed ? 'int64' : 'uint64';

/** Go's integers have 64 bits and wrap around. */
function wrapped(value: bigint, type: IntegerType): Integer {
  return new Integer(type === 'int64' ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value), type);
}

function nonZero(divisor: bigint): bigint {
  if (divisor === 0n) throw new Fault('division by zero');
  return divisor;
}

export const MATH: Family<'math'> = {
  add: arithmetic({ integers: (left, right) => left + right, floats: (left, right) => left + right }),
  subtract: arithmetic({ integers: (left, right) => left - right, floats: (left, right) => left - right }),
  multiply: arithmetic({ integers: (left, right) => left * right, floats: (left, right) => left * right }),
  divide: arithmetic({
    integers: (left, right) => left / nonZero(right),
    floats: (left, right) => left / right,
  }),
  modulo: arithmetic({ integers: (left, right) => left % nonZero(right) }),
  minimum: choice(({ value: left }, { value: right }) => left < right),
  maximum: choice(({ value: left }, { value: right }) => left > right),
};
