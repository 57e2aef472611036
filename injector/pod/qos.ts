import { isObject, type Json, type JsonObject, listIn, objectIn } from '#contract/json.ts';
import { parseQuantity } from '#contract/quantity.ts';

export type QosClass = 'BestEffort' | 'Burstable' | 'Guaranteed';

/** The resources that count; GPUs do not. */
const COMPUTE = ['cpu', 'memory'] as const;
type Compute = (typeof COMPUTE)[number];

/** Nano-units. Only what is above zero is there. */
type Amounts = ReadonlyMap<Compute, bigint>;

interface Resources {
  readonly requests: Amounts;
  readonly limits: Amounts;
}

/**
 * The class that the kubelet will give a pod: `ComputePodQOS` of Kubernetes 1.36, after the defaulting of requests from
 * limits. Init containers count, zero quantities do not, and resources of the pod itself decide alone (those that it
 * leaves out are there by the time of admission: the API server adds up its containers').
 */
export function qosClass(spec: JsonObject): QosClass {
  const ofPod = spec['resources'];
  return isObject(ofPod) ? classOf([readResources(ofPod)]) : containersClass(spec);
}

/** The class that the containers have among themselves, whatever there is for the pod as a whole. */
export function containersClass(spec: JsonObject): QosClass {
  const containers = [...listIn(spec, 'containers'), ...listIn(spec, 'initContainers')];
  return classOf(containers.map((container) => readResources(objectIn(container, 'resources'))));
}

function classOf(parts: readonly Resources[]): QosClass {
  const requests = total(parts.map((part) => part.requests));
  const limits = total(parts.map((part) => part.limits));
  if (requests.size === 0 && limits.size === 0) return 'BestEffort';
  const everywhereLimited = parts.every((part) => part.limits.size === COMPUTE.length);
  const equal = COMPUTE.every((name) => requests.get(name) === limits.get(name));
  return everywhereLimited && equal ? 'Guaranteed' : 'Burstable';
}

/**
 * True if resources are set for the pod as a whole (KEP-2837), which its containers share. An empty object sets none, though it
 * decides the class.
 */
export function hasPodResources(spec: JsonObject): boolean {
  const ofPod = objectIn(spec, 'resources');
  const names = ['requests', 'limits'].flatMap((list) => Object.keys(objectIn(ofPod, list)));
  return names.some((name) => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-'));
}

/** True if any container has a CPU limit. */
export function limitsCpu(spec: JsonObject): boolean {
  return listIn(spec, 'containers').some((container) =>
    readResources(objectIn(container, 'resources')).limits.has('cpu'),
  );
}

function readResources(resources: JsonObject): Resources {
  const limits = objectIn(resources, 'limits');
  return { limits: amounts(limits), requests: amounts({ ...limits, ...objectIn(resources, 'requests') }) };
}

function amounts(quantities: JsonObject): Amounts {
  const found = new Map<Compute, bigint>();
  for (const name of COMPUTE) {
    const amount = quantityOf(quantities[name]);
    if (amount > 0n) found.set(name, amount);
  }
  return found;
}

/** The API server has refused what is no quantity. */
function quantityOf(value: Json | undefined): bigint {
  return (
    (typeof value === 'string' || typeof value === 'number' ? parseQuantity(String(value)) : undefined) ?? 0n
  );
}

function total(parts: readonly Amounts[]): Amounts {
  const sum = new Map<Compute, bigint>();
  for (const part of parts) for (const [name, amount] of part) sum.set(name, (sum.get(name) ?? 0n) + amount);
  return sum;
}
