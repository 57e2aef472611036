import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Clock } from '#platform/clock.ts';
import { decideLease, observe, type Observation } from '#platform/kubernetes/lease-decision.ts';
import { readLease } from '#platform/kubernetes/lease-record.ts';
import { lead } from '#platform/kubernetes/lease.ts';
import { SteeredClock } from '../../agent/steered-clock.ts';
import { CUT, type Fate, LeaseWorld, PROMPT } from './lease-world.ts';

const record = (holder: string, version: string, seconds = 15): ReturnType<typeof readLease> =>
  readLease({
    metadata: { resourceVersion: version },
    spec: { holderIdentity: holder, leaseDurationSeconds: seconds },
  });

describe('what a candidate decides', () => {
  const self = { identity: 'one', durationMs: 15_000 };
  const seen: Observation = { version: '7', since: 1000 };

  test.each([
    ['there is no Lease', undefined, 1000, 'create'],
    ['nobody has it', record('', '7'), 1000, 'take'],
    ['it has it itself', record('one', '7'), 1000, 'take'],
    ['another has just renewed it', record('two', '7'), 1000, 'wait'],
    ['another may yet renew it', record('two', '7'), 15_999, 'wait'],
    ['another has not renewed it in time', record('two', '7'), 16_000, 'take'],
    ['another wants it for longer', record('two', '7', 60), 60_999, 'wait'],
    ['another wanted it for longer', record('two', '7', 60), 61_000, 'take'],
    ['another wants it for less than we do', record('two', '7', 1), 15_999, 'wait'],
  ] as const)('when %s', (_, lease, now, decision) => {
    expect(decideLease(self, lease, seen, now)).toBe(decision);
  });

  test('counts from the last change that it saw', () => {
    const first = observe(undefined, record('two', '7'), 0);
    const same = observe(first, record('two', '7'), 9000);
    const renewed = observe(same, record('two', '8'), 10_000);
    expect([first.since, same.since, renewed.since]).toEqual([0, 0, 10_000]);
  });
});

/** A clock that shows another time, which jumps. Waits are true. */
function skewed(clock: Clock, jump: () => number): Clock {
  return { now: () => clock.now() + jump(), sleep: (ms, signal) => clock.sleep(ms, signal) };
}

const slow = (ms: number): fc.Arbitrary<Fate> =>
  fc.record({ beforeMs: fc.nat(ms), afterMs: fc.nat(ms), lost: fc.constant(false) });

const fates: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 8, arbitrary: slow(300) },
  { weight: 2, arbitrary: slow(9000) },
  { weight: 1, arbitrary: fc.constant(CUT) },
);

/** Ninety seconds of trouble for three candidates, of whom one is stopped; then peace. */
const TROUBLE_MS = 90_000;

const worlds = fc.record({
  fates: fc.array(fates, { minLength: 5, maxLength: 80 }),
  /** Whom the API server cannot be reached by, and when. */
  outages: fc.array(fc.record({ who: fc.nat(2), fromMs: fc.nat(TROUBLE_MS), lengthMs: fc.nat(40_000) }), {
    maxLength: 6,
  }),
  jumps: fc.array(fc.integer({ min: -100_000, max: 100_000 }), { minLength: 1, maxLength: 5 }),
  chance: fc.double({ min: 0, max: 1, noNaN: true }),
  stopAt: fc.nat(TROUBLE_MS),
  /** How long the work goes on after it is told that the lead is lost. */
  lingerMs: fc.nat(2400),
});

type World = typeof worlds extends fc.Arbitrary<infer T> ? T : never;

/** How each candidate's requests fare. */
function fateOf({ fates: all, outages }: World, passedMs: () => number): (who: number) => Fate {
  let requests = 0;
  return (who) => {
    const now = passedMs();
    if (now >= TROUBLE_MS) return PROMPT;
    if (outages.some((one) => one.who === who && now >= one.fromMs && now < one.fromMs + one.lengthMs))
      return CUT;
    requests += 1;
    return all[requests % all.length] ?? PROMPT;
  };
}

/** Counts how many work at the same time. */
function workplace(
  clock: Clock,
  lingerMs: number,
): { readonly most: () => number; work(lost: AbortSignal): Promise<void> } {
  let working = 0;
  let most = 0;
  return {
    most: () => most,
    async work(lost) {
      working += 1;
      most = Math.max(most, working);
      await new Promise<void>((resolve) => {
        lost.addEventListener('abort', () => resolve(), { once: true });
      });
      if (lingerMs > 0) await clock.sleep(lingerMs, new AbortController().signal);
      working -= 1;
    },
  };
}

test('no two lead at once, whatever becomes of requests and clocks; and somebody leads again afterwards', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async (world) => {
      const clock = new SteeredClock();
      const began = clock.now();
      const server = new LeaseWorld(clock);
      const place = workplace(clock, world.lingerMs);
      const fate = fateOf(world, () => clock.now() - began);
      let looks = 0;
      const jump = (): number => world.jumps[(looks += 1) % world.jumps.length] ?? 0;
      const candidates = [0, 1, 2].map((who) => {
        const stop = new AbortController();
        const election = {
          namespace: 'sidekey',
          name: 'sync',
          identity: `candidate-${who}`,
          clock: skewed(clock, jump),
          random: () => world.chance,
        };
        const client = server.client(() => fate(who));
        return { stop, ended: lead(client, election, place.work, stop.signal) };
      });
      await clock.advance(world.stopAt);
      candidates[0]?.stop.abort(new Error('stopped'));
      // Until the trouble is over, and the longest wait after it.
      await clock.advance(TROUBLE_MS - world.stopAt + 40_000);
      expect(place.most()).toBe(1);
      expect(server.spec).toMatchObject({ holderIdentity: expect.stringMatching(/^candidate-[12]$/u) });
      for (const { stop } of candidates) stop.abort(new Error('enough'));
      await clock.advance(10_000);
      await Promise.all(candidates.map(({ ended }) => ended));
      expect(server.spec).toMatchObject({ holderIdentity: '' });
    }),
    { numRuns: 60 },
  );
});
