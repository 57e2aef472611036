import { isObject, type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import { parseQuantity } from '#contract/quantity.ts';

/** The resources of a container that a LimitRange can bound and the agent has. */
export const BOUNDED = ['cpu', 'memory', 'ephemeral-storage'] as const;
export type Bounded = (typeof BOUNDED)[number];

/** All amounts in nano-units. */
interface Bounds {
  /** Of requests and limits; zero if there is none. */
  readonly min: bigint;
  readonly max?: bigint;
  /** How many times its request a limit may be. */
  readonly ratio?: bigint;
}

/** What the LimitRanges of a namespace demand of each container. */
export type ContainerBounds = Readonly<Partial<Record<Bounded, Bounds>>>;

/** All LimitRanges count, so the narrowest bounds do. */
export function readBounds(limitRanges: readonly JsonObject[]): ContainerBounds {
  const items = limitRanges
    .flatMap((limitRange) => listIn(objectIn(limitRange, 'spec'), 'limits'))
    .filter((item) => textIn(item, 'type') === 'Container');
  const entries = BOUNDED.flatMap((name) => {
    const all = (list: string): readonly bigint[] => items.flatMap((item) => amountOf(item[list], name));
    const [max, ratio] = [least(all('max')), least(all('maxLimitRequestRatio'))];
    const min = all('min').reduce(larger, 0n);
    const bounds = { min, ...(max !== undefined && { max }), ...(ratio !== undefined && { ratio }) };
    return min === 0n && max === undefined && ratio === undefined ? [] : [[name, bounds] as const];
  });
  return Object.fromEntries(entries);
}

function amountOf(list: JsonObject[string] | undefined, name: string): readonly bigint[] {
  const value = isObject(list) ? list[name] : undefined;
  const isQuantity = typeof value === 'string' || typeof value === 'number';
  const amount = isQuantity ? parseQuantity(String(value)) : undefined;
  return amount === undefined ? [] : [amount];
}

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const least = (amounts: readonly bigint[]): bigint | undefined =>
  amounts.length === 0 ? undefined : amounts.reduce(smaller);

/** What a container has of one resource. A limit that is absent is none. */
export interface Amounts {
  readonly request: bigint;
  readonly limit?: bigint;
  /** With less it cannot do, whatever the bounds are: rather the pod is refused. */
  readonly needed?: bigint;
}

const UNIT = 1_000_000_000n;

/** The nearest amounts that keep to the bounds: a request goes up rather than a limit down. */
export function within({ request, limit, needed = 0n }: Amounts, { min, max, ratio }: Bounds): Amounts {
  const wanted = limit ?? max ?? (ratio === undefined ? undefined : request);
  if (wanted === undefined) return { request: larger(request, min) };
  const above = larger(wanted, min);
  const fitting = larger(max === undefined ? above : smaller(above, max), needed);
  const atLeast = ratio === undefined || ratio <= 0n ? 0n : dividedUp(fitting * UNIT, ratio);
  return { request: smaller(larger(larger(request, min), atLeast), fitting), limit: fitting };
}

const dividedUp = (amount: bigint, by: bigint): bigint => (amount + by - 1n) / by;
