import { type JsonObject, listIn, textIn } from '#contract/json.ts';
import type { Problem } from '#contract/problem.ts';
import type { Injection } from '../annotations/injection.ts';
import { quoted } from '../annotations/values.ts';
import { mountsDevices } from './devices.ts';
import { hasOurVolumeName } from './own.ts';
import { overlap, placeOf } from './overlap.ts';

type Asks = Pick<Injection, 'agent'>;

/**
 * The mounts of a container that the agent is to have, too: all but those of service accounts, those that stand for devices, and ours.
 * Read-only, for the agent has nothing to write there, and unprivileged, so nothing it would mount spreads.
 */
export function copiedMounts(spec: JsonObject, { agent: { mountsOf } }: Asks): readonly JsonObject[] {
  const source = mountsOf && findContainer(spec, mountsOf.value);
  if (source === undefined) return [];
  return listIn(source, 'volumeMounts')
    .filter(
      (mount) =>
        !hasOurVolumeName(mount) &&
        !mountsDevices(mount) &&
        !textIn(mount, 'mountPath').toLowerCase().includes('serviceaccount'),
    )
    .map(unprivileged);
}

/** Of a field that nobody knows yet, nobody knows what the agent's container may do with it. */
const COPIED_FIELDS = ['name', 'mountPath', 'subPath', 'subPathExpr'] as const;

function unprivileged(mount: JsonObject): JsonObject {
  const fields = COPIED_FIELDS.filter((field) => textIn(mount, field) !== '');
  return { ...Object.fromEntries(fields.map((field) => [field, textIn(mount, field)])), readOnly: true };
}

function findContainer(spec: JsonObject, name: string): JsonObject | undefined {
  const all = [...listIn(spec, 'containers'), ...listIn(spec, 'initContainers')];
  return all.find((container) => textIn(container, 'name') === name);
}

/** What keeps the agent from having the mounts of a container: there is none, or something of its own stands there. */
export function copiedProblems(
  spec: JsonObject,
  injection: Asks,
  taken: readonly string[],
): readonly Problem[] {
  const { mountsOf } = injection.agent;
  if (mountsOf === undefined) return [];
  const { key, value: name } = mountsOf;
  if (findContainer(spec, name) === undefined)
    return [{ key, message: `is ${quoted(name)}; expected the name of a container of the pod` }];
  return copiedMounts(spec, injection).flatMap((mount) => {
    const place = taken.find((own) => overlap(own, placeOf(mount)));
    if (place === undefined) return [];
    const message = `brings along a mount at ${textIn(mount, 'mountPath')}, which overlaps ${place} of the agent; expected a container without one`;
    return [{ key, message }];
  });
}
