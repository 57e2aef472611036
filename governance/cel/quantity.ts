import type { Environment } from '@marcbachmann/cel-js';
import { parseQuantity } from '#contract/quantity.ts';

/** An amount of a resource. A class, for an environment knows types by their constructors. */
class Quantity {
  readonly nano: bigint;

  constructor(nano: bigint) {
    this.nano = nano;
  }
}

function quantity(text: string): Quantity {
  const nano = parseQuantity(text);
  if (nano === undefined) throw new Error(`${JSON.stringify(text)} is no quantity`);
  return new Quantity(nano);
}

function compare(left: Quantity, right: Quantity): bigint {
  if (left.nano === right.nano) return 0n;
  return left.nano > right.nano ? 1n : -1n;
}

/** Teaches an environment the `quantity` of Kubernetes: exact, whatever the suffixes. */
export function addQuantity(environment: Environment): void {
  environment
    .registerType('Quantity', Quantity)
    .registerFunction('quantity(string): Quantity', quantity)
    .registerFunction('isQuantity(string): bool', (text: string) => parseQuantity(text) !== undefined)
    .registerFunction('Quantity.compareTo(Quantity): int', compare)
    .registerFunction('Quantity.isGreaterThan(Quantity): bool', (a: Quantity, b: Quantity) => a.nano > b.nano)
    .registerFunction('Quantity.isLessThan(Quantity): bool', (a: Quantity, b: Quantity) => a.nano < b.nano)
    .registerFunction('sign(Quantity): int', (a: Quantity) => compare(a, new Quantity(0n)))
    .registerFunction(
      'Quantity.add(Quantity): Quantity',
      (a: Quantity, b: Quantity) => new Quantity(a.nano + b.nano),
    )
    .registerFunction(
      'Quantity.sub(Quantity): Quantity',
      (a: Quantity, b: Quantity) => new Quantity(a.nano - b.nano),
    );
}
