import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serialiseConfig } from '#contract/agent-config.ts';
import { CONFIG_VARIABLE } from '#contract/layout.ts';
import { startLittleServer } from '../../agent/notify/little-server.ts';
import { entriesOf } from '../../agent/render/volume.ts';
import { inTime } from '../../servers/eventually.ts';
import { type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import { openStoreFront, type StoreFront } from '../../servers/store-front.ts';
import { ENDS } from './faults/rows/ends.ts';
import { CANARY, exit, furnish, Pod, writeSecret } from './stage.ts';
import { toldPod } from './telling.ts';

const PATIENCE_MS = 120_000;

const LOGIN = /login$/u;
const READ = /^secret\/data/u;
const REVOCATION = /revoke-self$/u;

let bao: OpenBaoServer;

beforeAll(async () => {
  bao = await startOpenBao();
  await furnish(bao);
});

afterAll(() => bao.stop());

/** Has one request that fits never answered; resolves when it is asked. */
const hold = (front: StoreFront, path: RegExp): Promise<void> =>
  inTime(
    `a request for ${path.source}`,
    PATIENCE_MS,
    new Promise((resolve) => {
      front.meet(path, () => {
        resolve();
        return new Promise(() => undefined);
      });
    }),
  );

const asked = (front: StoreFront, path: RegExp): number =>
  front.asked.filter((one) => path.test(one.path)).length;

const PATIENT = { vault: { timeoutMs: 60_000 } };

const podBehind = ({ url }: StoreFront, change = {}): Promise<Pod> =>
  Pod.create({ address: url.origin }, { ...PATIENT, ...change });

describe('an agent that is asked to end', () => {
  test('while it logs in ends with 0, without a file', async () => {
    await using front = await openStoreFront(bao.address);
    await using pod = await podBehind(front);
    const held = hold(front, LOGIN);
    const agent = pod.start('run');
    await held;
    agent.kill('SIGTERM');
    expect(await exit(agent)).toBe(0);
    await expect.poll(() => pod.output, { timeout: PATIENCE_MS }).toContain(ENDS.ended_in_login.log);
    expect(entriesOf(join(pod.directory, 'secrets'))).toEqual([]);
  });

  test('before the first files are there ends with 0, and the next one goes on with its token', async () => {
    await using front = await openStoreFront(bao.address);
    await using pod = await podBehind(front);
    const held = hold(front, READ);
    const first = pod.start('run');
    await held;
    first.kill('SIGTERM');
    expect(await exit(first)).toBe(0);
    expect(entriesOf(join(pod.directory, 'secrets'))).toEqual([]);
    pod.start('run');
    await pod.ready(PATIENCE_MS);
    expect([asked(front, LOGIN), asked(front, REVOCATION)]).toEqual([1, 0]);
  });

  test('before the first files are there ends with 1 if it was to make them once, and says how far it was', async () => {
    await using front = await openStoreFront(bao.address);
    await using pod = await podBehind(front);
    const held = hold(front, READ);
    const agent = pod.start('init');
    await held;
    agent.kill('SIGTERM');
    expect(await exit(agent)).toBe(1);
    expect(await pod.lastWords()).toBe('Not rendered yet: reading the secrets');
  });

  test('while it tells an application that does not answer ends with 0, and the next one tells it', async () => {
    await using server = await startLittleServer();
    await using pod = await toldPod(bao, server.url, { deadlineMs: 600_000 });
    const first = pod.start('run');
    await pod.ready(PATIENCE_MS);
    server.behave('hang');
    await writeSecret(bao, `${CANARY}-told`);
    await expect.poll(() => server.heard.length, { timeout: PATIENCE_MS }).toBe(1);
    first.kill('SIGTERM');
    expect(await exit(first)).toBe(0);
    await expect.poll(() => pod.output, { timeout: PATIENCE_MS }).toContain(ENDS.ended_in_telling.log);
    server.behave(200);
    pod.start('run');
    await expect.poll(() => server.heard.length, { timeout: PATIENCE_MS }).toBe(2);
    expect(await pod.read('api-key')).toBe(`${CANARY}-told`);
  });
});

describe('an agent that is to revoke its token in the end', () => {
  async function revoking(front: StoreFront, pod: Pod): Promise<ChildProcess> {
    const agent = pod.start('run');
    await pod.ready(PATIENCE_MS);
    const held = hold(front, REVOCATION);
    agent.kill('SIGTERM');
    await held;
    return agent;
  }

  test('waits for a silent store only for some time, and ends with 0', async () => {
    await using front = await openStoreFront(bao.address);
    await using pod = await podBehind(front, { revokeOnShutdown: true });
    expect(await exit(await revoking(front, pod))).toBe(0);
    await expect.poll(() => pod.output, { timeout: PATIENCE_MS }).toContain(ENDS.ended_in_revocation.log);
    expect(await pod.read('api-key')).toMatch(CANARY);
    expect(entriesOf(pod.config.stateDirectory)).toEqual([]);
  });

  test('ends at once when it is asked a second time', async () => {
    await using front = await openStoreFront(bao.address);
    await using pod = await podBehind(front, { revokeOnShutdown: true });
    const agent = await revoking(front, pod);
    agent.kill('SIGTERM');
    expect(await exit(agent)).toBe(128 + 15);
    expect(pod.output).not.toContain('Cannot revoke');
    expect(await pod.read('api-key')).toMatch(CANARY);
  });
});

describe('as the first process of its container', () => {
  /** Starts it so, and gives the process that started it, and itself. */
  async function startFirst(pod: Pod): Promise<{ starter: ChildProcess; pid: number }> {
    const env = { [CONFIG_VARIABLE]: serialiseConfig(pod.config) };
    const starter = pod.launch(['run'], env, ['unshare', '--pid', '--fork', '--kill-child']);
    await pod.ready(PATIENCE_MS);
    const children = await readFile(`/proc/${starter.pid}/task/${starter.pid}/children`, 'utf8');
    const pid = Number(children.trim());
    expect(await readFile(`/proc/${pid}/status`, 'utf8')).toMatch(/^NSpid:\s+\d+\s+1$/mu);
    return { starter, pid };
  }

  test('an agent ends with 0 when it is asked to', async () => {
    await using pod = await Pod.create(bao);
    const { starter, pid } = await startFirst(pod);
    process.kill(pid, 'SIGTERM');
    expect(await exit(starter)).toBe(0);
  });

  test('an agent that is asked twice ends, whatever keeps it', async () => {
    await using front = await openStoreFront(bao.address);
    await using pod = await podBehind(front, { revokeOnShutdown: true });
    const { starter, pid } = await startFirst(pod);
    const held = hold(front, REVOCATION);
    process.kill(pid, 'SIGTERM');
    await held;
    process.kill(pid, 'SIGTERM');
    expect(await exit(starter)).toBe(128 + 15);
  });
});
