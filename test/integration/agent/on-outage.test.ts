import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OutageRule } from '#contract/agent-outage.ts';
import { eventually, PATIENCE_MS } from '../../servers/eventually.ts';
import { type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import { CANARY, exit, furnish, Pod } from './stage.ts';

const DEADLINE_MS = 2000;

let bao: OpenBaoServer;

beforeAll(async () => {
  bao = await startOpenBao();
  await furnish(bao);
});

afterAll(() => bao.stop());

const createPod = (action: OutageRule['action']): Promise<Pod> =>
  Pod.create(bao, { onOutage: { action, deadlineMs: DEADLINE_MS } });

/** What an application sees. */
const filesOf = async (pod: Pod): Promise<string[]> =>
  (await readdir(join(pod.directory, 'secrets'))).filter((name) => !name.startsWith('.')).toSorted();

const expectFiles = (pod: Pod, names: readonly string[]): Promise<void> =>
  eventually(`the files ${names.join(', ')}`, PATIENCE_MS, async () =>
    expect(await filesOf(pod)).toEqual(names),
  );

async function during(outage: () => Promise<void>): Promise<void> {
  await bao.seal();
  try {
    await outage();
  } finally {
    await bao.unseal();
  }
}

describe('when the store is away for longer than a pod bears', () => {
  test('its files go if it wants that, stay away over a restart of the agent, and come back with the store', async () => {
    await using pod = await createPod('remove');
    const agent = pod.start('run');
    await pod.ready();
    await during(async () => {
      await expectFiles(pod, []);
      expect((await pod.get('/readyz')).status).toBe(200);
      expect(await pod.metric('sidekey_agent_file_up_to_date{file="api-key"}')).toBe(0);
      const state = join(pod.directory, 'state', 'state.json');
      await eventually('a saved state', PATIENCE_MS, async () =>
        expect(await readFile(state, 'utf8')).toContain('"removed":true'),
      );
      agent.kill('SIGKILL');
      await exit(agent);
      pod.start('run');
      await pod.ready();
      await sleep(DEADLINE_MS / 2);
      expect(await filesOf(pod)).toEqual([]);
    });
    await expectFiles(pod, ['api-key', 'default']);
    expect(await pod.read('api-key')).toMatch(CANARY);
    expect(pod.output).toContain('Removed what is not good any more');
  });

  test('it is unready if it wants that, and keeps its files and its process', async () => {
    await using pod = await createPod('fail');
    const agent = pod.start('run');
    await pod.ready();
    await during(async () => {
      await eventually('an unready agent', PATIENCE_MS, async () => {
        const { status, body } = await pod.get('/readyz');
        expect(status).toBe(503);
        expect(body).toContain('has not confirmed secret/data/ml/api-key for too long');
      });
      expect((await pod.get('/healthz')).status).toBe(200);
      expect(await filesOf(pod)).toEqual(['api-key', 'default']);
      expect(agent.exitCode).toBeNull();
    });
    await pod.ready();
  });
});
