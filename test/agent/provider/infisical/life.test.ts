import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { createLog } from '#platform/log.ts';
import { renderOnce } from '../../../../agent/init.ts';
import type { SecretRef } from '../../../../agent/provider/provider.ts';
import { revokeTokens } from '../../../../agent/shutdown.ts';
import { recordedWorld, type RecordedWorld } from '../../../servers/infisical/recorded-world.ts';
import { HastyClock, Life } from './life.ts';
import { folder, type Lent, lend, one } from './stage.ts';
import { ROOT } from './world.ts';

const LOGIN = '/universal-auth/login';
const SECOND = 1000;

/** Twenty secrets of one folder, each asked for by its name. */
const TWENTY = Array.from({ length: 20 }, (_, index) => one(ROOT, `KEY_${index}`));

function write({ fake, project }: RecordedWorld, value: string): void {
  const root = fake.projects.folder(project, 'dev', '/');
  for (const { parameters } of TWENTY) fake.projects.put(root, parameters['name'] ?? '', value);
}

const lendTo = (
  { fake, identity }: RecordedWorld,
  clock = systemClock,
  secret = identity.clientSecret,
): Promise<Lent> => lend({ address: fake.address, client: { id: identity.clientId, secret }, clock });

describe('a token that ends under twenty reads', () => {
  test.each([
    ['by its end (403)', ({ fake }: RecordedWorld) => fake.advance(3_600_000)],
    ['by revocation (401)', ({ fake }: RecordedWorld) => fake.identities.revokeAll()],
  ])('%s, is replaced by one login, and all are read under the new one', async (_, end) => {
    await using world = await recordedWorld();
    write(world, 'before');
    const clock = new HastyClock();
    await using lent = await lendTo(world, clock);
    const life = new Life(lent.provider, TWENTY, clock, 60 * SECOND);
    await life.holds('before');
    // A token that is refused within a minute is no accident.
    await clock.hurry(59 * SECOND, 59 * SECOND, () => undefined);
    write(world, 'after');
    end(world);
    await clock.hurry(10 * SECOND, SECOND, () => undefined);
    await life.holds('after');
    await life.end();
    expect(world.fake.count(LOGIN)).toBe(2);
  });

  test('that is refused at once every time leads to no storm of logins', async () => {
    await using world = await recordedWorld({ usesLimit: 1 });
    write(world, 'never read');
    const clock = new HastyClock();
    await using lent = await lendTo(world, clock);
    const life = new Life(lent.provider, TWENTY, clock);
    await clock.hurry(300 * SECOND, SECOND, () => undefined);
    await life.end();
    expect(world.fake.count(LOGIN)).toBeGreaterThan(5);
    expect(world.fake.count(LOGIN)).toBeLessThan(40);
  });
});

test('several templates at once make one login', async () => {
  await using world = await recordedWorld();
  write(world, 'value');
  await using lent = await lendTo(world);
  const life = new Life(lent.provider, [...TWENTY, folder(ROOT), folder(`${ROOT}/shared`)], systemClock);
  await life.holds('value');
  await life.end();
  expect(world.fake.count(LOGIN)).toBe(1);
  expect(world.fake.count('/projects/slug/')).toBe(1);
});

describe('a lease of a dynamic secret', () => {
  const REF: SecretRef = {
    store: 'infisical',
    operation: 'write',
    path: ROOT,
    parameters: { dynamicSecret: 'pg' },
  };
  const made = ({ fake }: RecordedWorld): number =>
    fake.log.filter((line) => line === 'POST /api/v1/dynamic-secrets/leases 200').length;

  test('outlives the tokens, and is revoked with the last of them', async () => {
    await using world = await recordedWorld({ ttl: 300, maxTtl: 600 }, { licensed: true });
    const { fake, project } = world;
    fake.leases.define(fake.projects.folder(project, 'dev', '/'), { name: 'pg', defaultTtl: '10m' });
    const clock = new HastyClock();
    await using lent = await lendTo(world, clock);
    const life = new Life(lent.provider, [REF], clock, 60 * SECOND);
    await life.holds('DB_PASSWORD');
    await clock.hurry(3600 * SECOND, 10 * SECOND, (ms) => {
      fake.advance(ms);
      expect(fake.leases.living).toHaveLength(1);
    });
    const state = await life.end();
    expect({ made: made(world), files: life.values.length }).toEqual({ made: 1, files: 1 });
    expect(fake.count(LOGIN)).toBeGreaterThan(4);
    await revokeTokens(state, createLog('silent', 'agent'), clock.now());
    expect(fake.leases.living).toEqual([]);
    expect(fake.log.at(-1)).toBe('POST /api/v1/auth/token/revoke 200');
  });

  test('is replaced in time when it meets its maximum, and revoked in the end, too', async () => {
    await using world = await recordedWorld({}, { licensed: true });
    const { fake, project } = world;
    const folderOfPg = fake.projects.folder(project, 'dev', '/');
    fake.leases.define(folderOfPg, { name: 'pg', defaultTtl: '10m', maxTtl: '12m' });
    const clock = new HastyClock();
    await using lent = await lendTo(world, clock);
    const life = new Life(lent.provider, [REF], clock, 60 * SECOND);
    await life.holds('DB_PASSWORD');
    await clock.hurry(350 * SECOND, 10 * SECOND, (ms) => fake.advance(ms));
    const state = await life.end();
    expect({ made: made(world), files: life.values.length }).toEqual({ made: 2, files: 2 });
    expect(fake.leases.living).toHaveLength(2);
    await revokeTokens(state, createLog('silent', 'agent'), clock.now());
    expect(fake.leases.living).toEqual([]);
  });
});

describe('a client secret that is wrong', () => {
  /** The least time that three logins took. */
  const tightest = (times: readonly number[]): number =>
    Math.min(...times.slice(2).map((at, index) => at - (times[index] ?? at)));

  test('locks nobody out, however long it is tried', async () => {
    await using world = await recordedWorld();
    const { fake } = world;
    const clock = new HastyClock();
    await using lent = await lendTo(world, clock, 'wrong');
    const life = new Life(lent.provider, TWENTY, clock);
    const times: number[] = [];
    await clock.hurry(400 * SECOND, SECOND, (ms) => {
      fake.advance(ms);
      while (times.length < fake.count(LOGIN)) times.push(clock.now());
    });
    write(world, 'right');
    await lent.prove(world.identity.clientSecret);
    await clock.hurry(70 * SECOND, SECOND, (ms) => fake.advance(ms));
    await life.end();
    expect(times.length).toBeGreaterThan(3);
    expect(tightest(times)).toBeGreaterThan(30 * SECOND);
    expect(life.values.at(-1)).toContain('right');
  });

  test('nor does `init`, which is started again as soon as it gives up', async () => {
    await using world = await recordedWorld();
    const { fake } = world;
    const clock = new HastyClock();
    await using lent = await lendTo(world, clock, 'wrong');
    const directory = await mkdtemp(join(tmpdir(), 'sidekey-init-'));
    const stop = new AbortController();
    const times: number[] = [];
    const kubelet = keepStarting({ lent, clock, directory, stop: stop.signal });
    await clock.hurry(200 * SECOND, SECOND, (ms) => {
      fake.advance(ms);
      while (times.length < fake.count(LOGIN)) times.push(clock.now());
    });
    stop.abort();
    await kubelet;
    expect(times.length).toBeGreaterThan(3);
    expect(tightest(times)).toBeGreaterThan(30 * SECOND);
    expect(await readFile(join(directory, 'termination-log'), 'utf8')).toContain('client secret is wrong');
    await rm(directory, { recursive: true });
  });
});

interface Started {
  readonly lent: Lent;
  readonly clock: HastyClock;
  readonly directory: string;
  readonly stop: AbortSignal;
}

async function keepStarting({ lent, clock, directory, stop }: Started): Promise<void> {
  while (!stop.aborted) {
    const code = await renderOnce({
      config: {
        version: 1,
        files: [],
        pollMs: 1000,
        startDeadlineMs: null,
        revokeOnShutdown: false,
        stateDirectory: directory,
        adminAddress: '127.0.0.1',
        adminPort: 0,
        terminationLog: join(directory, 'termination-log'),
      },
      files: [
        {
          spec: {
            name: 'a',
            volume: directory,
            path: 'a',
            mode: 0o644,
            template: { text: '', left: '', right: '' },
          },
          evaluate: () => ({ ok: false, used: TWENTY, missing: TWENTY }),
        },
      ],
      localFiles: { read: () => '', changed: () => false },
      providers: new Map([['infisical', lent.provider]]),
      commit: () => Promise.resolve({ changed: [] }),
      env: () => undefined,
      clock,
      random: Math.random,
      log: createLog('silent', 'agent'),
      stop,
    });
    expect(code).toBe(1);
  }
}
