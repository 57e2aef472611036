import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refKey } from '../../../agent/provider/provider.ts';
import type { Lifetime } from '../../../agent/schedule/lifetime.ts';
import { resumeState, toSaved } from '../../../agent/schedule/resume.ts';
import { Secret } from '../../../agent/secret.ts';
import { JsonNumber, type Value } from '../../../agent/value/value.ts';
import { chance, ModelStore, rotationsAt } from './model.ts';
import { failure, HOUR, leased, POLL_MS, refTo, rendered, Scene, SECOND } from './scene.ts';
import { Simulation } from './simulation.ts';
import { checkSound, hold } from './worlds.ts';

const LONG_TOKEN = leased(100 * HOUR);
const MINUTE = 60 * SECOND;

/** An answer for a static role: its password, and the seconds until it is replaced. */
function rotation(scene: Scene, password: string, seconds: number, path = 'a'): Scene {
  const data = new Map<string, Value>([
    ['password', password],
    ['ttl', new JsonNumber(String(seconds))],
  ]);
  const reading = {
    value: new Secret(new Map([['data', data]])),
    lifetime: { kind: 'rotating', ttlMs: seconds * SECOND } as const,
  };
  const session = scene.logins().current?.id ?? 0;
  return scene.happen({ type: 'read', key: refKey(refTo(path)), session, reading });
}

const started = (random?: () => number): Scene => new Scene(random).miss('a').login(LONG_TOKEN);

describe('the password of a static role', () => {
  test('is read again when the store says that it replaces it, and at the poll interval before', () => {
    const soon = rotation(started(), 'one', 20).render();
    expect(soon.pause).toBeGreaterThanOrEqual(20 * SECOND);
    expect(soon.pause).toBeLessThanOrEqual(20.5 * SECOND);
    expect(soon.wait(soon.pause).todo).toEqual(['read a through 1']);
    expect(rotation(started(), 'one', 3600).render().pause).toBeLessThanOrEqual(POLL_MS);
  });

  test('that is not replaced yet is read every second, and nothing is rendered', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const scene = rotation(started(chance(seed)), 'one', 20).render();
        scene.wait(scene.pause);
        // OpenBao looks every five seconds what is to be replaced.
        for (const end = scene.now + 5 * SECOND; scene.now < end; scene.wait(scene.pause)) {
          rotation(scene, 'one', 0);
          expect(scene.todo).toEqual([]);
          expect(scene.pause).toBeGreaterThanOrEqual(500);
          expect(scene.pause).toBeLessThanOrEqual(SECOND);
        }
        expect(rotation(scene, 'two', 3600).todo).toEqual(['render']);
      }),
    );
  });

  test('that is long overdue is waited for with patience, but never longer than the poll interval', () => {
    const scene = rotation(started(), 'one', 20).render();
    const pauses = [MINUTE, 10 * MINUTE, 100 * MINUTE].map((late) => {
      scene.wait(late);
      return rotation(scene, 'one', 0).pause;
    });
    expect(pauses[0]).toBeGreaterThan(3 * SECOND);
    expect(pauses[1]).toBeGreaterThan(40 * SECOND);
    expect(Math.max(...pauses)).toBe(POLL_MS);
  });

  test('that could not be read is tried again within the poll interval', () => {
    const scene = rotation(started(), 'one', 20).render();
    scene.wait(scene.pause);
    for (let round = 0; round < 20; round += 1) {
      scene.fail('read a through 1', failure('sealed'));
      expect(scene.pause).toBeLessThanOrEqual(POLL_MS);
      scene.wait(scene.pause);
    }
  });

  test('does not end with the token that read it', () => {
    const scene = rotation(new Scene().miss('a').login(leased(HOUR, false)), 'one', 7200).render();
    scene.login(LONG_TOKEN);
    expect(scene.todo).toEqual([]);
  });
});

test('a dead password stands in the files for a second at most, and the time of one request', () => {
  const role = fc.record({
    period: fc.integer({ min: 6, max: 600 }),
    lateMs: fc.integer({ min: 0, max: 5000 }),
    pollMs: fc.integer({ min: 1000, max: 300_000 }),
    seed: fc.integer(),
  });
  fc.assert(
    fc.property(role, ({ period, lateMs, pollMs, seed }) => {
      const random = chance(seed);
      const spec = { kind: 'rotating', periodMs: period * SECOND, lateMs } as const;
      const token = { ttlMs: HOUR, maxTtlMs: HOUR, renewable: true };
      const store = new ModelStore(token, new Map([['role', spec]]));
      const latencyMs = (): number => 20 * random();
      const life = new Simulation({ store, pollMs, random, latencyMs, fault: () => undefined });
      life.play(5 * period * SECOND, (moment) => {
        checkSound(moment);
        const data = moment.files.get('role')?.body;
        const password = data instanceof Map ? data.get('password') : undefined;
        const count = rotationsAt(spec, moment.now);
        if (password === undefined || password === `password ${count}`) return;
        const sinceMs = moment.now - (count * spec.periodMs + lateMs);
        hold(sinceMs <= SECOND + 100, `the password has been dead for ${sinceMs} ms`);
      });
    }),
    { numRuns: 100 },
  );
});

describe('a secret that says how often it is to be read', () => {
  test.each([5 * SECOND, 10 * MINUTE])('is read every %d ms, whatever the poll interval is', (everyMs) => {
    const scene = rendered({ kind: 'polled', everyMs }, LONG_TOKEN).read('a', { kind: 'polled', everyMs });
    expect(scene.pause).toBeGreaterThanOrEqual(0.9 * everyMs);
    expect(scene.pause).toBeLessThanOrEqual(everyMs);
  });

  test('does not take the turn of those that do not', () => {
    const scene = new Scene().miss('a', 'b').login(LONG_TOKEN).read('a');
    scene.read('b', { kind: 'polled', everyMs: 10 * MINUTE }).render();
    scene.wait(scene.pause);
    expect(scene.todo).toEqual(['read a through 1']);
  });
});

describe('what each read makes anew', () => {
  test('is read once, and not anew under another token', () => {
    const scene = rendered({ kind: 'static' }, leased(HOUR, false)).login(LONG_TOKEN);
    expect(scene.wait(99 * HOUR).todo).not.toContain('read a through 2');
  });

  test('is read as often as its file asks, once it is known to be made of it', () => {
    const scene = started();
    scene.state = { ...scene.state, asked: new Map([['file', 30 * SECOND]]) };
    scene.read('a', { kind: 'static' });
    scene.render();
    expect(scene.pause).toBeGreaterThanOrEqual(27 * SECOND);
    expect(scene.pause).toBeLessThanOrEqual(30 * SECOND);
    scene.wait(scene.pause).read('a', { kind: 'static' }, { body: 'another' });
    expect(scene.todo).toEqual(['render']);
    expect(scene.render().pause).toBeLessThanOrEqual(30 * SECOND);
  });

  test('is not read again by an agent that was started again, unless its file asks', () => {
    const scene = rendered({ kind: 'static' }, LONG_TOKEN);
    const moment = { now: scene.now, random: Math.random };
    const again = resumeState(toSaved(scene.state, 'same'), POLL_MS, new Map(), moment);
    expect(again.secrets.get(refKey(refTo('a')))?.due).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('what can be read a single time', () => {
  const ONCE: Lifetime = { kind: 'once' };

  test('is never read again, though its file asks for it', () => {
    const scene = started();
    scene.state = { ...scene.state, asked: new Map([['file', SECOND]]) };
    scene.read('a', ONCE).render();
    expect(scene.login(LONG_TOKEN).wait(40 * HOUR).todo).toEqual([]);
  });

  test('is kept by an agent that was started again', () => {
    const scene = rendered(ONCE, LONG_TOKEN);
    const moment = { now: scene.now, random: Math.random };
    const again = resumeState(toSaved(scene.state, 'same'), POLL_MS, new Map(), moment);
    expect(again.secrets.get(refKey(refTo('a')))).toMatchObject({
      due: Number.POSITIVE_INFINITY,
      held: { term: { lifetime: ONCE } },
    });
  });
});

describe('a polled secret', () => {
  test('is read as often as the most eager of its files asks, those that do not ask counted', () => {
    const outcome = (name: string, ...paths: string[]): object => ({
      name,
      used: paths.map((path) => refKey(refTo(path))),
      content: new Secret(name),
    });
    const scene = new Scene().miss('a', 'b').login(LONG_TOKEN).read('a').read('b');
    scene.state = {
      ...scene.state,
      asked: new Map([
        ['slow', 10 * MINUTE],
        ['quick', 10 * SECOND],
      ]),
    };
    scene.happen({
      type: 'rendered',
      revision: scene.state.revision,
      files: [outcome('slow', 'a', 'b'), outcome('quick', 'a')] as never,
      missing: [],
      changed: [],
    });
    const inMs = (path: string): number => scene.secret(path).due - scene.now;
    expect(inMs('a')).toBeLessThanOrEqual(10 * SECOND);
    expect(inMs('b')).toBeGreaterThan(8 * MINUTE);
    scene.wait(inMs('a'));
    expect(scene.todo).toEqual(['read a through 1']);
    expect(scene.read('a').pause).toBeLessThanOrEqual(10 * SECOND);
  });
});
