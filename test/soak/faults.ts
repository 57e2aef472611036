import type { FaultProxy, NetworkFault } from '../servers/fault-proxy.ts';
import { field } from '../servers/openbao-api.ts';
import { FAULTS, type Fault, type FaultKind } from './record.ts';
import { pause } from './repeat.ts';
import { REQUEST_MS, type Subject } from './subject.ts';
import type { World } from './world.ts';

/** What faults are done to. */
export interface Victims {
  readonly world: World;
  /** Is killed; the other one never is, so that it can be seen to stay as small as it was. */
  readonly killed: Subject;
  readonly pods: readonly Subject[];
}

/** A fault to come. */
export interface Planned {
  readonly kind: FaultKind;
  /** How long all is well before. */
  readonly afterMs: number;
  /** How long it lasts, where that can be chosen. */
  readonly forMs: number;
  /** From 0 to below 1: whom or which it hits. */
  readonly pick: number;
}

/** Milliseconds. */
export interface Pace {
  /** The longest that all is well between two faults. */
  readonly quietMs: number;
  /** The longest that a fault lasts whose length can be chosen. */
  readonly longestMs: number;
}

const SHORTEST_MS = 500;

/** Faults by chance: each kind once before any comes again, so many times. */
export function* plannedFaults(
  random: () => number,
  { quietMs, longestMs }: Pace,
  rounds = Number.POSITIVE_INFINITY,
): Generator<Planned> {
  for (let round = 0; round < rounds; round += 1)
    for (const kind of shuffled(FAULTS, random)) {
      const afterMs = quietMs * (0.25 + 0.75 * random());
      const forMs = SHORTEST_MS + (longestMs - SHORTEST_MS) * random();
      yield { kind, afterMs, forMs, pick: random() };
    }
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const keyed = items.map((item) => ({ item, key: random() }));
  return keyed.toSorted((a, b) => a.key - b.key).map(({ item }) => item);
}

type Act = (victims: Victims, planned: Planned) => Promise<void>;

const NEVER = new AbortController().signal;

/** For a while. */
async function inflict(proxy: FaultProxy, fault: NetworkFault, forMs: number): Promise<void> {
  await proxy.inflict(fault);
  await pause(forMs, NEVER);
  await proxy.heal();
}

const ACTS: Readonly<Record<FaultKind, Act>> = {
  'connections cut': async ({ world }) => world.network.cut(),
  'connections reset': ({ world }, { forMs }) => inflict(world.network, 'reset', forMs),
  'store refused': ({ world }, { forMs }) => inflict(world.network, 'refused', forMs),
  'store slow': async ({ world }, { forMs }) => {
    await inflict(world.network, 'slow', forMs);
    await pause(REQUEST_MS, NEVER);
  },
  'store black-holed': async ({ world }, { forMs, pick }) => {
    await inflict(world.network, 'black_hole', forMs);
    // The connections of before are gone for good, which is told or is not.
    if (pick < 0.5) world.network.cut();
    else await pause(REQUEST_MS, NEVER);
  },
  'store sealed': async ({ world: { bao } }, { forMs }) => {
    await bao.seal();
    await pause(forMs, NEVER);
    await bao.unseal();
  },
  'store restarted': async ({ world: { bao } }, { forMs }) => {
    await bao.halt();
    await pause(forMs / 4, NEVER);
    await bao.restart();
  },
  'database black-holed': async ({ world }, { forMs }) => {
    await inflict(world.databaseNetwork, 'black_hole', forMs);
    world.databaseNetwork.cut();
  },
  'token revoked': async ({ world }, { pick }) => {
    const accessors = await agentTokens(world);
    const accessor = accessors[Math.floor(pick * accessors.length)];
    if (accessor === undefined) return;
    // It may have ended meanwhile.
    await world.bao.api('POST', 'auth/token/revoke-accessor', { accessor }).catch(() => undefined);
  },
  'agent killed': ({ killed }) => killed.kill(),
  'application refuses': async ({ pods }, { pick }) => {
    for (const pod of pods) pod.refuse(1 + Math.floor(4 * pick));
  },
};

/** Does one fault after another until it is asked to stop; none is broken off. */
export async function injectFaults(
  victims: Victims,
  plans: Iterable<Planned>,
  now: () => number,
  stop: AbortSignal,
): Promise<readonly Fault[]> {
  const faults: Fault[] = [];
  for (const planned of plans) {
    await pause(planned.afterMs, stop);
    if (stop.aborted) break;
    const begin = now();
    await ACTS[planned.kind](victims, planned);
    faults.push({ kind: planned.kind, begin, end: now() });
  }
  return faults;
}

/** The accessors of the tokens that are not the test's own. */
export async function agentTokens({ bao }: Pick<World, 'bao'>): Promise<string[]> {
  const accessors = field(await bao.api('LIST', 'auth/token/accessors'), 'data', 'keys') as string[];
  const own = field(await bao.api('GET', 'auth/token/lookup-self'), 'data', 'accessor');
  return accessors.filter((accessor) => accessor !== own);
}
