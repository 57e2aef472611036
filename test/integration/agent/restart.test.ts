import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, PATIENCE_MS } from '../../servers/eventually.ts';
import { type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import { requestsOf } from './asked.ts';
import { CANARY, exit, furnish, Pod } from './stage.ts';

let bao: OpenBaoServer;

beforeAll(async () => {
  bao = await startOpenBao();
  await furnish(bao);
});

afterAll(() => bao.stop());

/** How often there was a login, answers not counted. */
const logins = (): Promise<number> => requestsOf(bao, 'auth/kubernetes/login');

describe('an agent that was killed', () => {
  test('is ready again though the store is down', async () => {
    await using pod = await Pod.create(bao);
    const first = pod.start('run');
    await pod.ready();
    first.kill('SIGKILL');
    await exit(first);
    await bao.seal();
    try {
      pod.start('run');
      await pod.ready();
      expect(await pod.read('api-key')).toMatch(CANARY);
    } finally {
      await bao.unseal();
    }
  });

  test('is ready again though a template fails since, and keeps what its file held', async () => {
    const path = 'secret/data/ml/changing';
    await bao.api('POST', path, { data: { key: 'k\u00e9y' } });
    const template = `{{ with secret "${path}" }}{{ .Data.data.key | toUpper }}{{ end }}`;
    await using pod = await Pod.create(bao, { templates: { changing: template }, startDeadlineMs: 1000 });
    const first = pod.start('run');
    await pod.ready();
    await bao.api('POST', path, { data: { other: 'field' } });
    await eventually('the failure', PATIENCE_MS, async () =>
      expect(pod.output).toContain('Cannot render a file'),
    );
    first.kill('SIGKILL');
    await exit(first);
    const second = pod.start('run');
    await pod.ready();
    await sleep(1500);
    expect(second.exitCode).toBeNull();
    expect(await pod.read('changing')).toBe('K\u00c9Y');
  });

  test.each([
    ['of another configuration', (pod: Pod) => Promise.resolve(pod.reconfigure({ pollMs: 700 }))],
    [
      'that is damaged',
      (pod: Pod) => writeFile(join(pod.config.stateDirectory, 'state.json'), '{"version":1'),
    ],
    ['that others can read', (pod: Pod) => chmod(join(pod.config.stateDirectory, 'state.json'), 0o644)],
  ])('does not use a state %s', async (_, damage) => {
    await using pod = await Pod.create(bao);
    const first = pod.start('run');
    await pod.ready();
    first.kill('SIGKILL');
    await exit(first);
    await damage(pod);
    const before = await logins();
    pod.start('run');
    await pod.ready();
    expect(await logins()).toBe(before + 1);
  });
});

test('nobody but the agent can read its state', async () => {
  await using pod = await Pod.create(bao);
  pod.start('run');
  await pod.ready();
  const file = join(pod.config.stateDirectory, 'state.json');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readFile(file, 'utf8')).toContain(CANARY);
});
