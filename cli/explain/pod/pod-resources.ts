import { isObject, type Json, type JsonObject, listIn, objectIn } from '#contract/json.ts';
import { parseQuantity } from '#contract/quantity.ts';

const NAMES = ['cpu', 'memory'] as const;
type Name = (typeof NAMES)[number];

/**
 * A pod's spec with the requests of the pod as a whole that the API server fills in before any webhook sees it: where the pod
 * has limits of its own, and its containers have requests, these are added up.
 */
export function withPodRequests(spec: JsonObject): JsonObject {
  const resources = objectIn(spec, 'resources');
  const limits = resources['limits'];
  if (!isObject(limits) || Object.keys(limits).length === 0) return spec;
  const sums = NAMES.map((name): [Name, bigint | undefined] => [name, requestOf(spec, name)]);
  const found = sums.filter((sum): sum is [Name, bigint] => sum[1] !== undefined);
  const added = Object.fromEntries(found.map(([name, amount]) => [name, `${amount}n`]));
  return { ...spec, resources: { ...resources, requests: { ...added, ...objectIn(resources, 'requests') } } };
}

/** What the containers need at once, in nano-units: sidecars go on, what ends before the others start counts alone. */
function requestOf(spec: JsonObject, name: Name): bigint | undefined {
  let peak: bigint | undefined;
  let sidecars: bigint | undefined;
  for (const container of listIn(spec, 'initContainers')) {
    const own = requested(container, name);
    const needed = plus(sidecars, own);
    if (container['restartPolicy'] === 'Always') sidecars = needed;
    peak = larger(peak, needed);
  }
  const together = listIn(spec, 'containers').reduce<bigint | undefined>(
    (sum, container) => plus(sum, requested(container, name)),
    sidecars,
  );
  return larger(peak, together);
}

function requested(container: JsonObject, name: Name): bigint | undefined {
  const resources = objectIn(container, 'resources');
  const value: Json | undefined =
    objectIn(resources, 'requests')[name] ?? objectIn(resources, 'limits')[name];
  return typeof value === 'string' || typeof value === 'number' ? parseQuantity(String(value)) : undefined;
}

const plus = (a: bigint | undefined, b: bigint | undefined): bigint | undefined =>
  a === undefined || b === undefined ? (a ?? b) : a + b;

const larger = (a: bigint | undefined, b: bigint | undefined): bigint | undefined =>
  a === undefined || b === undefined ? (a ?? b) : a > b ? a : b;
