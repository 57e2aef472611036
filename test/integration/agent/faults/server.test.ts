import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../../servers/eventually.ts';
import { type OpenBaoServer, startOpenBao } from '../../../servers/openbao.ts';
import { furnish } from '../stage.ts';
import { SERVER_FAULTS } from './rows/store.ts';
import { expectContent, expectTold, expectUnharmed, PATIENCE_MS, TEST, Trial } from './trial.ts';

const OUTAGE_MS = 5000;

let bao: OpenBaoServer;

beforeAll(async () => {
  bao = await startOpenBao({ storage: 'disk' });
  await furnish(bao);
});

afterAll(() => bao.stop());

async function begin(): Promise<Trial> {
  const trial = await Trial.open(bao);
  trial.start();
  await trial.ready();
  return trial;
}

const loginsOf = ({ front }: Trial): number =>
  front.asked.filter(({ path, status }) => path === 'auth/kubernetes/login' && status === 200).length;

async function expectMetric({ pod }: Trial, series: string, value: number): Promise<void> {
  await eventually(`${series} ${value}`, PATIENCE_MS, async () =>
    expect(await pod.metric(series)).toBe(value),
  );
}

describe('while the store is away', TEST, () => {
  test.each([
    [SERVER_FAULTS.sealed, () => bao.seal(), () => bao.unseal()],
    [SERVER_FAULTS.down, () => bao.halt(), () => bao.restart()],
  ])(
    '$fault: the files stay; an agent that starts meanwhile says so and waits',
    async (row, leave, comeBack) => {
      await using living = await begin();
      await using starting = await Trial.open(bao);
      starting.pod.reconfigure({ startDeadlineMs: 100 });
      await leave();
      starting.start();
      await Promise.all([expectTold(living, row), expectTold(starting, row), sleep(OUTAGE_MS)]);
      expectUnharmed(living, ['before']);
      expectUnharmed(starting, []);
      await expectMetric(living, 'sidekey_agent_store_up{store="vault"}', 0);
      await expectMetric(living, 'sidekey_agent_file_up_to_date{file="key"}', 0);
      expect((await starting.pod.get('/readyz')).body).toContain(`Not rendered yet (${row.reason})`);
      expect(await starting.pod.lastWords()).toBe('');
      await comeBack();
      await Promise.all([living.write('after'), starting.write('after')]);
      await Promise.all([expectContent(living, 'after'), expectContent(starting, 'after')]);
      expectUnharmed(living, ['before', 'after']);
      await expectMetric(living, 'sidekey_agent_file_up_to_date{file="key"}', 1);
      expect(loginsOf(living)).toBe(1);
    },
  );
});

test(
  `when ${SERVER_FAULTS.forgetful.fault}, the files stay until the agent can log in again`,
  TEST,
  async () => {
    await using trial = await begin();
    await using empty = await startOpenBao();
    trial.front.lead(empty.address);
    await expectTold(trial, SERVER_FAULTS.forgetful);
    await expectTold(trial, { reason: 'login_refused', log: 'Cannot log in at auth/kubernetes' });
    expectUnharmed(trial, ['before']);
    await furnish(empty);
    await empty.api('POST', trial.path, { data: { key: 'after' } });
    await expectContent(trial, 'after');
    expectUnharmed(trial, ['before', 'after']);
    expect(loginsOf(trial)).toBe(2);
  },
);
