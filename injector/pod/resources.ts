import { type JsonObject, listIn, objectIn } from '#contract/json.ts';
import { type Amounts, BOUNDED, type Bounded, type ContainerBounds, within } from './bounds.ts';
import { containersClass, hasPodResources, limitsCpu } from './qos.ts';
import { MEBIBYTE, memoryLimit } from './sizes.ts';

/** Of a CPU, in nano-units as all amounts are. */
const MILLI = 1_000_000n;
const CORE = 1000n * MILLI;

/** A fraction, so that static CPU management gives no core of the model server's away. */
const GUARANTEED_CPU = 100n * MILLI;
const BURSTABLE_CPU = 20n * MILLI;
/** Room for a quick start, which the model server waits for. */
const BURSTABLE_CPU_LIMIT = 500n * MILLI;
const BURSTABLE_MEMORY = 64n * MEBIBYTE;
/** More than a kubelet keeps of a container's logs: a pod with more on its disk than its limit is evicted. */
const DISK = 128n * MEBIBYTE;

/** What decides about the agent's resources besides the pod. */
export interface Demand {
  /** MiB for the directories of its files. */
  readonly files: number;
  /** What the namespace demands of each container, where that is known. */
  readonly bounds?: ContainerBounds;
  /** True if the namespace gives a disk to each container that asks for none. */
  readonly hasDefaultDisk?: boolean;
}

type Resources = Readonly<Partial<Record<Bounded, Amounts>>>;

/** Resources that leave the QoS class of a pod as it is without the agent, and keep to what its namespace demands. */
export function agentResources(spec: JsonObject, demand: Demand): JsonObject {
  const { bounds = {}, hasDefaultDisk = false } = demand;
  const wanted: Resources = {
    ...compute(spec, demand),
    ...(hasDefaultDisk ? {} : said(spec, 'ephemeral-storage', DISK)),
  };
  const fitted: Resources = Object.fromEntries(
    BOUNDED.flatMap((name) => {
      const [amounts, bound] = [wanted[name], bounds[name]];
      if (amounts === undefined) return [];
      return [[name, bound === undefined ? amounts : within(amounts, bound)]];
    }),
  );
  const { cpu } = fitted;
  return written(cpu === undefined ? fitted : { ...fitted, cpu: noCore(cpu, bounds.cpu?.max) });
}

function compute(spec: JsonObject, { files, bounds = {} }: Demand): Resources {
  const memory = memoryLimit(files);
  if (hasPodResources(spec)) return shared(memory, bounds);
  const qos = containersClass(spec);
  if (qos === 'BestEffort') return { ...said(spec, 'cpu', 0n), ...said(spec, 'memory', 0n) };
  if (qos === 'Guaranteed') return { cpu: even(GUARANTEED_CPU), memory: { ...even(memory), needed: memory } };
  const limit = limitsCpu(spec) ? { limit: BURSTABLE_CPU_LIMIT } : {};
  return {
    cpu: { request: BURSTABLE_CPU, ...limit },
    memory: { request: BURSTABLE_MEMORY, limit: memory, needed: memory },
  };
}

const even = (amount: bigint): Amounts => ({ request: amount, limit: amount });

/** What the pod has as a whole is shared, and nothing is taken of it unless the namespace insists. */
function shared(memory: bigint, bounds: ContainerBounds): Resources {
  return {
    ...(bounds.cpu && { cpu: { request: 0n, limit: BURSTABLE_CPU_LIMIT } }),
    ...(bounds.memory && { memory: { request: 0n, limit: memory, needed: memory } }),
  };
}

/** An amount that the agent says it takes where every container says one, be it none: a quota may demand it of each. */
function said(spec: JsonObject, name: Bounded, amount: bigint): Resources {
  const containers = [...listIn(spec, 'containers'), ...listIn(spec, 'initContainers')];
  const isSaid = (list: string): boolean =>
    containers.every((container) => name in objectIn(objectIn(container, 'resources'), list));
  if (isSaid('limits')) return { [name]: even(amount) };
  return isSaid('requests') ? { [name]: { request: amount } } : {};
}

/** A whole number of CPUs would be cores of the agent's own. */
function noCore(cpu: Amounts, max: bigint | undefined): Amounts {
  const isWhole = cpu.request > 0n && cpu.request === cpu.limit && cpu.request % CORE === 0n;
  return isWhole && cpu.request !== max ? even(cpu.request + MILLI) : cpu;
}

function written(resources: Resources): JsonObject {
  const [limits, requests] = (['limit', 'request'] as const).map((side) =>
    Object.fromEntries(
      BOUNDED.flatMap((name) => {
        const amount = resources[name]?.[side];
        return amount === undefined ? [] : [[name, quantity(name, amount)]];
      }),
    ),
  );
  return { ...some('limits', limits), ...some('requests', requests) };
}

const some = (field: string, list: JsonObject = {}): JsonObject =>
  Object.keys(list).length === 0 ? {} : { [field]: list };

function quantity(name: Bounded, amount: bigint): string {
  if (name === 'cpu') return amount === 0n ? '0' : `${up(amount, MILLI)}m`;
  return amount % MEBIBYTE === 0n && amount > 0n
    ? `${amount / MEBIBYTE}Mi`
    : String(up(amount, 1000n * MILLI));
}

const up = (amount: bigint, unit: bigint): bigint => (amount + unit - 1n) / unit;
