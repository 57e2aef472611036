import fc from 'fast-check';
import { expect, test } from 'vitest';
import { objectIn, textIn } from '#contract/json.ts';
import { watchResource, type WatchEvent } from '#platform/kubernetes/watch.ts';
import { SteeredClock } from '../../agent/steered-clock.ts';
import { failureOf } from './scripted-api.ts';
import { type Fault, type Kept, VersionedStore } from './versioned-store.ts';
import { SECRETS } from './watching.ts';

type Step =
  | { readonly do: 'put'; readonly name: string }
  | { readonly do: 'delete'; readonly name: string }
  | { readonly do: 'spoil'; readonly fault: Fault }
  | { readonly do: 'compact' }
  | { readonly do: 'wait'; readonly ms: number };

const names = fc.constantFrom('a', 'b', 'c', 'd', 'e');

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('put' as const, 'delete' as const), name: names }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('spoil' as const),
      fault: fc.constantFrom<Fault>('cut', 'ended', 'expired', 'nonsense', 'bookmark'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('compact' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(500) }) },
);

/** What a listener makes of what it is told. */
class Listener {
  readonly live = new Map<string, Kept>();
  readonly complaints: string[] = [];
  synced = false;

  hear(event: WatchEvent): void {
    if (event.type === 'synced') {
      this.synced = true;
      return;
    }
    const metadata = objectIn(event.object, 'metadata');
    const [name, uid] = [textIn(metadata, 'name'), textIn(metadata, 'uid')];
    const known = this.live.get(name)?.uid;
    if (event.type === 'put') {
      if (known !== undefined && known !== uid) this.complaints.push(`${name}: ${known} never ended`);
      this.live.set(name, { uid, version: Number(textIn(metadata, 'resourceVersion')) });
    } else {
      if (known !== uid) this.complaints.push(`${name}: ${uid} ended, but ${known} was there`);
      this.live.delete(name);
    }
  }
}

async function perform(store: VersionedStore, clock: SteeredClock, step: Step): Promise<void> {
  if (step.do === 'put') store.put(step.name);
  else if (step.do === 'delete') store.delete(step.name);
  else if (step.do === 'compact') store.compact();
  else if (step.do === 'spoil') store.spoil(step.fault);
  else if (step.do === 'wait') await clock.advance(step.ms);
}

test('whatever happens, a listener knows in the end what there is, and was told of each end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(steps, { maxLength: 40 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (all, chance) => {
        const store = new VersionedStore();
        const clock = new SteeredClock();
        const listener = new Listener();
        const controller = new AbortController();
        const tools = { clock, random: () => chance };
        const ended = failureOf(
          (async () => {
            const watch = watchResource(store.kubernetes, SECRETS, tools, controller.signal);
            for await (const event of watch) listener.hear(event);
          })(),
        );
        for (const step of all) await perform(store, clock, step);
        await clock.advance(60_000);
        const reason = new Error('enough');
        controller.abort(reason);
        expect(await ended).toBe(reason);
        expect(listener.complaints).toEqual([]);
        expect(listener.synced).toBe(true);
        expect(listener.live).toEqual(store.objects);
      },
    ),
    { numRuns: 200 },
  );
});
