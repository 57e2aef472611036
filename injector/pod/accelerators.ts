import {
  type AcceleratorKind,
  acceleratorKind,
  isMigProfile,
  meansMig,
  MIG_FORM,
} from '#contract/accelerators.ts';
import { type Json, type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import type { Problem } from '#contract/problem.ts';
import { parseQuantity } from '#contract/quantity.ts';
import { quoted } from '../annotations/values.ts';
import { isOurContainer } from './own.ts';

/** Something that a pod asks for and the agent has no part in. */
export interface RequestedAccelerator {
  readonly kind: AcceleratorKind;
  /** The name of the resource, or of the pod's claim. */
  readonly name: string;
  /** Where in the pod it stands. */
  readonly path: string;
}

/** All accelerators that a pod asks for, each as often as it stands there. */
export function requestedAccelerators(spec: JsonObject): readonly RequestedAccelerator[] {
  const limited = placedContainers(spec).flatMap(({ container, path }) =>
    limitsOf(container).flatMap((name) => {
      const kind = acceleratorKind(name);
      return kind === undefined ? [] : [{ kind, name, path: `${path}.resources.limits[${name}]` }];
    }),
  );
  const claimed = listIn(spec, 'resourceClaims').map((claim, index): RequestedAccelerator => {
    return { kind: 'dra', name: textIn(claim, 'name'), path: `spec.resourceClaims[${index}]` };
  });
  return [...limited, ...claimed];
}

/** What a pod is counted under: one kind, the first that it asks for. */
export type CountedAccelerator = AcceleratorKind | 'none';

export function countedAccelerator(spec: JsonObject): CountedAccelerator {
  return requestedAccelerators(spec)[0]?.kind ?? 'none';
}

/** What a pod says of accelerators that its author can hardly have meant. All of it is injected alike. */
export function acceleratorCautions(spec: JsonObject): readonly Problem[] {
  return placedContainers(spec).flatMap(({ container, path }) => [
    ...limitsOf(container).flatMap((name) => misspeltSlice(name, path)),
    ...listIn(container, 'env').flatMap((variable, index) => exposure(variable, `${path}.env[${index}]`)),
  ]);
}

interface Placed {
  readonly container: JsonObject;
  readonly path: string;
}

function placedContainers(spec: JsonObject): readonly Placed[] {
  return ['containers', 'initContainers'].flatMap((list) =>
    listIn(spec, list)
      .map((container, index) => ({ container, path: `spec.${list}[${index}]` }))
      .filter(({ container }) => !isOurContainer(container)),
  );
}

/** What a container has a limit of more than none of. The API server takes no request of an accelerator without one. */
function limitsOf(container: JsonObject): readonly string[] {
  const limits = Object.entries(objectIn(objectIn(container, 'resources'), 'limits'));
  return limits.filter(([, amount]) => isSome(amount)).map(([name]) => name);
}

function isSome(amount: Json): boolean {
  const isQuantity = typeof amount === 'string' || typeof amount === 'number';
  return isQuantity && (parseQuantity(String(amount)) ?? 0n) > 0n;
}

function misspeltSlice(name: string, path: string): readonly Problem[] {
  if (!meansMig(name) || isMigProfile(name)) return [];
  const message = `is no name that a slice of a GPU has, so no node will have it; expected ${MIG_FORM}`;
  return [{ key: `${path}.resources.limits[${name}]`, message }];
}

/** Values with which the NVIDIA runtime shows a container no GPU. */
const NO_DEVICES: readonly string[] = ['', 'none', 'void'];

function exposure(variable: JsonObject, key: string): readonly Problem[] {
  const value = textIn(variable, 'value');
  if (variable['name'] !== 'NVIDIA_VISIBLE_DEVICES' || NO_DEVICES.includes(value)) return [];
  const message = `sets NVIDIA_VISIBLE_DEVICES to ${quoted(value)}, with which many nodes show a container GPUs that it has no limit of; expected resources.limits alone`;
  return [{ key, message }];
}
