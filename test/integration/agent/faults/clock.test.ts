import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CREDENTIALS_PATH, type LeasedLogins, mountDatabase } from '../../../servers/database.ts';
import { type OpenBaoServer, startOpenBao } from '../../../servers/openbao.ts';
import { type Postgres, startPostgres } from '../../../servers/postgres.ts';
import { openStoreFront, type StoreFront } from '../../../servers/store-front.ts';
import { openTimeMachine } from '../../../servers/time-machine.ts';
import { exit, furnish, Pod } from '../stage.ts';
import { Onlooker } from './onlooker.ts';
import { CLOCK_FAULTS } from './rows/clock.ts';
import { PATIENCE_MS, TEST } from './trial.ts';

const TEMPLATES = { user: `{{ with secret "${CREDENTIALS_PATH}" }}{{ .Data.username }}{{ end }}` };

/** Of tokens and leases; long enough for renewals that a busy machine lets come late. */
const TERMS = { ttl: '12s', maxTtl: '1h' } as const;

/** More than the whole life of one that is not renewed. */
const LIFE_MS = 14_000;

const STEP_HOURS = 5;

/** Who takes the time wrong asks anew all the time. */
const MOST_REPLACEMENTS = 4;

let bao: OpenBaoServer;
let postgres: Postgres;
let logins: LeasedLogins;

beforeAll(async () => {
  [bao, postgres] = await Promise.all([startOpenBao(), startPostgres()]);
  await furnish(bao, TERMS);
  logins = await mountDatabase(bao.api, postgres, TERMS);
});

afterAll(() => Promise.all([bao.stop(), postgres.stop()]));

const count = ({ asked }: StoreFront, wanted: string): number =>
  asked.filter(({ path }) => path === wanted).length;

/** Looks for the life of a lease whether the login in the file exists; then, what the agent has asked for that. */
async function expectLife(pod: Pod, front: StoreFront): Promise<void> {
  const begin = performance.now();
  const renewals = count(front, 'sys/leases/renew') + count(front, 'auth/token/renew-self');
  while (performance.now() < begin + LIFE_MS) {
    const user = await pod.read('user');
    const exists = (await logins.users()).includes(user);
    // While this process stood still, it may have been replaced and have ended.
    const isReplaced = (await pod.read('user')) !== user;
    expect(exists || isReplaced, 'the login in the file exists').toBe(true);
    await sleep(50);
  }
  const more = count(front, 'sys/leases/renew') + count(front, 'auth/token/renew-self') - renewals;
  expect(more).toBeGreaterThanOrEqual(2);
  expect(more, 'renewals').toBeLessThan((performance.now() - begin) / 500);
}

/** How far ahead of ours the clock was by which the agent wrote its last line, in hours. */
function hoursAhead(pod: Pod): number {
  const times = [...pod.output.matchAll(/"time":(?:"([^"]+)"|(\d+))/gu)];
  const [, text, number] = times.at(-1) ?? [];
  const at = text === undefined ? Number(number) : Date.parse(text);
  return Math.round((at - Date.now()) / 3_600_000);
}

describe.concurrent.each([
  [CLOCK_FAULTS.forward.fault, STEP_HOURS],
  [CLOCK_FAULTS.back.fault, -STEP_HOURS],
])('when %s', TEST, (_, hours) => {
  test('leases and token are renewed as before, and so they are by an agent that is started after the next correction', async () => {
    await using front = await openStoreFront(bao.address);
    await using time = await openTimeMachine();
    await using pod = await Pod.create(
      { address: front.url.origin },
      { templates: TEMPLATES, vault: { timeoutMs: 10_000 } },
    );
    const first = pod.start('run', time.environment);
    await using onlooker = new Onlooker(pod, 'user');
    await pod.ready(PATIENCE_MS);
    await time.step(hours);
    await expectLife(pod, front);
    expect(hoursAhead(pod)).toBe(hours);
    first.kill('SIGKILL');
    await exit(first);
    await time.step(-hours);
    pod.start('run', time.environment);
    await pod.ready(PATIENCE_MS);
    await expectLife(pod, front);
    expect(hoursAhead(pod)).toBe(-hours);
    expect([...onlooker.unread]).toEqual([]);
    // One, unless a busy machine has let a renewal come so late that a replacement was due.
    for (const path of ['auth/kubernetes/login', CREDENTIALS_PATH])
      expect(count(front, path), path).toBeLessThanOrEqual(MOST_REPLACEMENTS);
  });
});
