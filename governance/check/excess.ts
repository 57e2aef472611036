import { DEVICE_CLASS_DOMAIN } from '#contract/accelerators.ts';
import { type JsonObject, listIn, objectIn } from '#contract/json.ts';
import { parseQuantity } from '#contract/quantity.ts';
import type { Accelerators } from '../tenant/tenant.ts';
import type { Finding } from './finding.ts';
import { objectAt, type Path, type PodPlace } from './pods.ts';

/** Where a pod, or all the pods that an object makes, ask for more than the quota of a namespace holds. */
export function excessFindings(
  object: JsonObject,
  place: PodPlace,
  accelerators: Accelerators,
): readonly Finding[] {
  const spec = objectAt(object, place.spec);
  return [...maxima(accelerators)].flatMap(([name, max]): readonly Finding[] => {
    const each = askedOf(spec, name);
    const all = each * place.count;
    if (Math.max(each, all) <= max) return [];
    const path = placeOf(spec, name, place.spec);
    const subject = 'quota';
    const raise = `or ask the platform team for more (max of ${name})`;
    if (each > max)
      return [
        {
          effect: 'denied',
          path,
          subject,
          message: `one pod asks for ${each} of ${name}, and the namespace may hold ${max}: it is never made. Write ${max} or less, ${raise}`,
        },
      ];
    return [
      {
        effect: 'stuck',
        path,
        subject,
        message: `${place.count} pods with ${each} of ${name} each are ${all}, and the namespace may hold ${max}: ${Math.floor(max / each)} of them are made. Write fewer pods, ${raise}`,
      },
    ];
  });
}

function maxima({ allow, deviceClasses }: Accelerators): ReadonlyMap<string, number> {
  return new Map([
    ...allow.map(({ resource, max }) => [resource, max] as const),
    ...deviceClasses.map(({ name, max }) => [`${DEVICE_CLASS_DOMAIN}/${name}`, max] as const),
  ]);
}

/**
 * What counts against a quota: the containers together with the sidecars, or, if it is more, an init container with the
 * sidecars that are up before it.
 */
function askedOf(spec: JsonObject, name: string): number {
  const containers = listIn(spec, 'containers').reduce((sum, one) => sum + amountIn(one, name), 0);
  let sidecars = 0;
  let most = 0;
  for (const one of listIn(spec, 'initContainers')) {
    const amount = amountIn(one, name);
    if (one['restartPolicy'] === 'Always') sidecars += amount;
    else most = Math.max(most, sidecars + amount);
  }
  return Math.max(most, sidecars + containers);
}

/** Limits of such resources are requests too. */
function amountIn(container: JsonObject, name: string): number {
  const resources = objectIn(container, 'resources');
  const value = objectIn(resources, 'requests')[name] ?? objectIn(resources, 'limits')[name];
  const amount =
    typeof value === 'string' || typeof value === 'number' ? parseQuantity(String(value)) : undefined;
  return amount === undefined ? 0 : Number(amount) / 1e9;
}

/** The first container that asks for it. */
function placeOf(spec: JsonObject, name: string, base: Path): Path {
  for (const list of ['containers', 'initContainers'])
    for (const [index, one] of listIn(spec, list).entries())
      if (amountIn(one, name) > 0) return [...base, list, String(index), 'resources', 'limits', name];
  return base;
}
