import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { IN_A_ROW, REFILL_MS } from '../../../agent/schedule/allowance.ts';
import { startLittleServer } from '../../agent/notify/little-server.ts';
import { type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import { freePort } from '../../servers/port.ts';
import { CANARY, furnish } from './stage.ts';
import { result, rotator, toldPod } from './telling.ts';

let bao: OpenBaoServer;
let rotate: () => Promise<string>;

beforeAll(async () => {
  bao = await startOpenBao();
  await furnish(bao);
  rotate = rotator(bao);
});

afterAll(() => bao.stop());

describe('an application', () => {
  test('that ends while it is told is told when it is there again', async () => {
    const port = await freePort();
    const first = await startLittleServer(undefined, port);
    first.behave('hang');
    await using pod = await toldPod(bao, `${first.url}/reload`);
    pod.start('run');
    await pod.ready();
    await rotate();
    await expect.poll(() => first.heard.length).toBe(1);
    await first[Symbol.asyncDispose]();
    await expect.poll(() => result(pod, 'failed')).toBeGreaterThan(0);
    await using second = await startLittleServer(undefined, port);
    await expect.poll(() => second.heard.length).toBe(1);
    expect(await result(pod, 'given_up')).toBe(0);
  });

  test('of a secret that is written in a loop is left in peace for most of the time, and hears of the last in the end', async () => {
    const seen: string[] = [];
    await using server = await startLittleServer(async () => void seen.push(await pod.read('api-key')));
    await using pod = await toldPod(bao, server.url);
    pod.start('run');
    await pod.ready();
    let last = '';
    for (let time = 0; time < 30; time += 1) {
      last = await rotate();
      await sleep(250);
    }
    await expect.poll(() => seen.at(-1)).toBe(last);
    const times = server.heard.map(({ at }) => at);
    // It hears a little before the agent knows that it has, so one more is on its way.
    for (const [first, from] of times.entries())
      for (const [more, to] of times.slice(first).entries())
        expect(more).toBeLessThanOrEqual(IN_A_ROW + 1 + (to - from) / REFILL_MS);
    expect(await result(pod, 'failed')).toBe(0);
  });

  test.each([
    ['refuses the key', 403],
    ['cuts its answer', 'half'],
    ['answers with no end of headers', 'endless headers'],
    ['sends elsewhere', { redirect: `http://127.0.0.1/${CANARY}` }],
  ] as const)('that %s has it appear nowhere', async (_, behaviour) => {
    await using server = await startLittleServer();
    server.behave(behaviour, behaviour, 200);
    await using pod = await toldPod(bao, `${server.url}/reload?key=${CANARY}`);
    const [first] = pod.config.files;
    const headers = [{ name: 'X-Key', text: '', file: `${first?.volume}/api-key` }];
    pod.reconfigure({
      files: pod.config.files.map((file) =>
        file.reload?.kind === 'http' ? { ...file, reload: { ...file.reload, headers } } : file,
      ),
    });
    pod.start('run');
    await pod.ready();
    const value = await rotate();
    await expect.poll(() => result(pod, 'told')).toBe(1);
    expect(server.heard.map(({ headers: heard }) => heard['x-key'])).toEqual([value, value, value]);
    const { body } = await pod.get('/metrics');
    expect(pod.output + body + (await pod.get('/readyz')).body).not.toContain(CANARY);
    expect(pod.output).not.toContain('canary-answer');
  });
});
