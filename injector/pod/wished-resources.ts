import { type JsonObject, objectIn, textIn } from '#contract/json.ts';
import type { Problem } from '#contract/problem.ts';
import { parseQuantity } from '#contract/quantity.ts';
import type { ResourceName, ResourceWishes, Wish } from '../annotations/agent-wishes.ts';
import type { Injection } from '../annotations/injection.ts';
import { sizeOf } from './container.ts';
import { hasPodResources, type QosClass, qosClass } from './qos.ts';
import { MEBIBYTE, memoryLimit } from './sizes.ts';

/** The resources of the agent's container, and what could not be had of those that were asked for. */
export interface ChosenResources {
  readonly resources: JsonObject;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** The resources that the agent would have anyway, with what a pod asks for, as far as its QoS class stays. */
export function withWishes(
  spec: JsonObject,
  usual: JsonObject,
  { directories, agent }: Pick<Injection, 'directories' | 'agent'>,
): ChosenResources {
  const wishes = agent.resources;
  const floor = mebibytesOf(memoryLimit(sizeOf(directories)));
  const qos = hasPodResources(spec) ? 'of the pod' : qosClass(spec);
  const disk = withDisk(usual, wishes);
  if (qos === 'of the pod' || qos === 'BestEffort')
    return { resources: requested(disk), ...noteLost(wishes, qos) };
  const chosen = qos === 'Guaranteed' ? guaranteed(wishes, floor) : burstable(usual, wishes, floor);
  return {
    resources: requested(merged(disk, chosen)),
    problems: [...orderProblems(wishes), ...tooLittle(wishes, floor)],
    warnings: [...raised(wishes, floor), ...(qos === 'Guaranteed' ? unequal(wishes) : [])],
  };
}

const mebibytesOf = (amount: bigint): string => `${amount / MEBIBYTE}Mi`;

const LISTS = ['limits', 'requests'] as const;

/** By the names of resources; null for what is not to be there. */
type Amounts = Readonly<Partial<Record<ResourceName, string | null>>>;
type Chosen = Readonly<Partial<Record<(typeof LISTS)[number], Amounts>>>;

/** Without what is not to be there, and without lists that are empty. */
function merged(before: JsonObject, chosen: Chosen): JsonObject {
  const lists = LISTS.map((list) => {
    const amounts = Object.entries({ ...objectIn(before, list), ...chosen[list] });
    return [list, Object.fromEntries(amounts.filter(([, amount]) => amount !== null))] as const;
  });
  return Object.fromEntries(lists.filter(([, amounts]) => Object.keys(amounts).length > 0)) as JsonObject;
}

/** The API server requests what is limited and not requested. */
const requested = (resources: JsonObject): JsonObject =>
  merged(resources, { requests: { ...objectIn(resources, 'limits'), ...objectIn(resources, 'requests') } });

const DISK = 'ephemeral-storage';

/** Disk counts for no class. */
function withDisk(usual: JsonObject, wishes: ResourceWishes): JsonObject {
  const of = (list: (typeof LISTS)[number]): Amounts => {
    const wish = wishes[list][DISK];
    return wish === undefined ? {} : { [DISK]: wish.value };
  };
  return merged(usual, { limits: of('limits'), requests: of('requests') });
}

const amountOf = (quantity: string): bigint => parseQuantity(quantity) ?? 0n;
const larger = (one: string, other: string): string => (amountOf(other) > amountOf(one) ? other : one);

/** What is limited is requested, too. */
function guaranteed({ limits, requests, own }: ResourceWishes, floor: string): Chosen {
  const first = (name: 'cpu' | 'memory'): string | undefined =>
    [own[name], limits[name], requests[name]].find((wish) => wish?.value)?.value ?? undefined;
  const [cpu, memory] = [first('cpu'), first('memory')];
  const both = { ...(cpu && { cpu }), ...(memory && { memory: larger(floor, memory) }) };
  return { limits: both, requests: both };
}

function burstable(usual: JsonObject, wishes: ResourceWishes, floor: string): Chosen {
  return {
    limits: { ...limitOfCpu(usual, wishes), ...limitOfMemory(usual, wishes, floor) },
    requests: { ...requestOfCpu(usual, wishes), ...said('memory', wishes.requests.memory) },
  };
}

const said = (name: ResourceName, wish: Wish<string | null> | undefined): Amounts =>
  wish === undefined ? {} : { [name]: wish.value };

const usualIn = (usual: JsonObject, list: (typeof LISTS)[number], name: ResourceName): string =>
  textIn(objectIn(usual, list), name);

/** A request that is asked for moves a limit out of its way that is not; and the other way round. */
function limitOfCpu(usual: JsonObject, { limits, requests, own }: ResourceWishes): Amounts {
  const limit = usualIn(usual, 'limits', 'cpu');
  const request = own.cpu?.value ?? requests.cpu?.value ?? '0';
  if (limits.cpu !== undefined) return said('cpu', limits.cpu);
  return limit === '' ? {} : { cpu: larger(limit, request) };
}

function requestOfCpu(usual: JsonObject, { limits, requests, own }: ResourceWishes): Amounts {
  const wish = own.cpu ?? requests.cpu;
  if (wish !== undefined) return said('cpu', wish);
  const [request, limit] = [usualIn(usual, 'requests', 'cpu'), limits.cpu?.value ?? undefined];
  return limit !== undefined && amountOf(limit) < amountOf(request) ? { cpu: limit } : {};
}

function limitOfMemory(usual: JsonObject, { limits, requests, own }: ResourceWishes, floor: string): Amounts {
  const wish = own.memory ?? limits.memory;
  if (wish?.value === null) return { memory: null };
  const least = larger(floor, requests.memory?.value ?? '0');
  return { memory: larger(least, wish?.value ?? usualIn(usual, 'limits', 'memory')) };
}

const COMPUTE = ['cpu', 'memory'] as const;

const computeOf = (amounts: ResourceWishes['limits']): readonly Wish<string | null>[] =>
  COMPUTE.flatMap((name) => amounts[name] ?? []);

/** Where no container of the pod may have any, or the pod has them for all: Sidekey's own words are refused, the others left out. */
function noteLost(
  { limits, requests, own }: ResourceWishes,
  qos: QosClass | 'of the pod',
): Pick<ChosenResources, 'problems' | 'warnings'> {
  const why =
    qos === 'BestEffort'
      ? 'the pod has no resources (BestEffort), and would be of another class with it'
      : 'the pod has resources as a whole, which the agent shares';
  const theirs = [...computeOf(limits), ...computeOf(requests)].filter(({ value }) => value !== null);
  return {
    problems: COMPUTE.flatMap((name) => own[name] ?? []).map(({ key }) => ({
      key,
      message: `cannot be had: ${why}; expected no such annotation`,
    })),
    warnings: theirs.map(({ key }) => ({ key, message: `is left out: ${why}` })),
  };
}

/** What the API server would refuse. */
function orderProblems({ limits, requests, own }: ResourceWishes): readonly Problem[] {
  const asked = { ...requests, ...(own.cpu && { cpu: own.cpu }) };
  return [...COMPUTE, DISK].flatMap((name) => {
    const [limit, request] = [limits[name as ResourceName], asked[name as ResourceName]];
    if (!limit?.value || !request?.value || amountOf(request.value) <= amountOf(limit.value)) return [];
    const message = `is ${request.value}, more than ${limit.key}; expected at most that`;
    return [{ key: request.key, message }];
  });
}

/** Room for the agent and its full volumes. */
function tooLittle({ own: { memory } }: ResourceWishes, floor: string): readonly Problem[] {
  if (memory === undefined || amountOf(memory.value) >= amountOf(floor)) return [];
  const message = `is ${memory.value}; expected at least ${floor}, for full volumes count, too`;
  return [{ key: memory.key, message }];
}

function raised({ limits: { memory } }: ResourceWishes, floor: string): readonly Problem[] {
  if (!memory?.value || amountOf(memory.value) >= amountOf(floor)) return [];
  const message = `is raised to ${floor}: the memory volumes of the agent count, too, and more than its limit would end it`;
  return [{ key: memory.key, message }];
}

/** In a Guaranteed pod a request is what the limit is. */
function unequal({ limits, requests }: ResourceWishes): readonly Problem[] {
  const taken = [...computeOf(limits), ...computeOf(requests)].filter(({ value }) => value === null);
  const differing = COMPUTE.flatMap((name) => {
    const [limit, request] = [limits[name]?.value, requests[name]];
    const isLess = limit && request?.value && amountOf(request.value) < amountOf(limit);
    return isLess ? [request] : [];
  });
  return [
    ...taken.map(({ key }) => ({
      key,
      message: 'is left out: a Guaranteed pod stays one only with a limit',
    })),
    ...differing.map(({ key }) => ({
      key,
      message: 'is raised to the limit: a Guaranteed pod stays one only so',
    })),
  ];
}
