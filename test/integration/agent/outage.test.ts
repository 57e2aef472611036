import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../servers/eventually.ts';
import { type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import { CANARY, furnish, Pod, writeSecret } from './stage.ts';

const OUTAGE_MS = 5000;

let bao: OpenBaoServer;

beforeAll(async () => {
  bao = await startOpenBao({ storage: 'disk' });
  await furnish(bao);
});

afterAll(() => bao.stop());

/** Watches a pod for so long: its file must be whole and the agent ready, whatever happens. */
async function watch(pod: Pod, forMs: number, key: string): Promise<void> {
  const end = performance.now() + forMs;
  while (performance.now() < end) {
    expect(await pod.read('api-key')).toBe(key);
    expect((await pod.get('/readyz')).status).toBe(200);
    expect((await pod.get('/healthz')).status).toBe(200);
    await sleep(100);
  }
}

describe('while the store is away', () => {
  test.each([
    ['sealed', 'sealed', () => bao.seal(), () => bao.unseal()],
    ['down', 'unreachable', () => bao.halt(), () => bao.restart()],
  ])(
    '%s for five seconds, the files stay and the agent stays ready; then it goes on',
    async (_, reason, leave, comeBack) => {
      await writeSecret(bao, `${CANARY}-before`);
      await using pod = await Pod.create(bao);
      const agent = pod.start('run');
      await pod.ready();
      await leave();
      await watch(pod, OUTAGE_MS, `${CANARY}-before`);
      expect(await pod.metric(`sidekey_agent_store_errors_total{reason="${reason}"}`)).toBeGreaterThan(1);
      expect(await pod.metric('sidekey_agent_store_up{store="vault"}')).toBe(0);
      expect(await pod.metric('sidekey_agent_file_up_to_date{file="api-key"}')).toBe(0);
      await comeBack();
      await writeSecret(bao, `${CANARY}-after`);
      await eventually('the new key', 35_000, async () =>
        expect(await pod.read('api-key')).toBe(`${CANARY}-after`),
      );
      expect(await pod.metric('sidekey_agent_file_up_to_date{file="api-key"}')).toBe(1);
      expect(agent.exitCode).toBeNull();
      expect(await pod.metric('sidekey_agent_store_requests_total{operation="login"}')).toBe(1);
    },
  );

  test('from the start, the agent says so and waits', async () => {
    await bao.halt();
    await using pod = await Pod.create(bao, { startDeadlineMs: 100 });
    const agent = pod.start('run');
    await eventually('the reason', 10_000, async () => {
      const { status, body } = await pod.get('/readyz');
      expect(status).toBe(503);
      expect(body).toMatch(
        /^Not rendered yet \(unreachable\): Cannot reach http:\/\/127\.0\.0\.1:\d+: ECONNREFUSED/u,
      );
    });
    await sleep(1000);
    expect(agent.exitCode).toBeNull();
    expect(await pod.lastWords()).toBe('');
    await bao.restart();
    await pod.ready(35_000);
    expect(await pod.read('api-key')).toMatch(CANARY);
  });
});
