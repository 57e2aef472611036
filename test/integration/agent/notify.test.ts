import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LittleServer, startLittleServer } from '../../agent/notify/little-server.ts';
import { type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import { freePort } from '../../servers/port.ts';
import { CANARY, exit, furnish, type Pod, writeSecret } from './stage.ts';
import { result, rotator, type Tell, toldPod } from './telling.ts';

let bao: OpenBaoServer;
let rotateIn: () => Promise<string>;

beforeAll(async () => {
  bao = await startOpenBao();
  await furnish(bao);
  rotateIn = rotator(bao);
});

afterAll(() => bao.stop());

const rotate = (): Promise<string> => rotateIn();
const podOf = (url: string, tell: Tell = {}): Promise<Pod> => toldPod(bao, url, tell);

/** A server that notes what the file held when it was told. */
async function reader(pods: readonly Pod[], port = 0): Promise<LittleServer & { seen: string[] }> {
  const seen: string[] = [];
  const server = await startLittleServer(async () => {
    for (const pod of pods) seen.push(await pod.read('api-key'));
  }, port);
  return { ...server, seen };
}

describe('an application with a page to be told on', () => {
  test('is told of each change once, with the new bytes in place, and never of the first or none', async () => {
    const pods: Pod[] = [];
    await using server = await reader(pods);
    await using pod = await podOf(`${server.url}/reload`);
    // The other file shows the number of the version.
    pod.reconfigure({ files: pod.config.files.filter(({ name }) => name === 'api-key') });
    pods.push(pod);
    pod.start('run');
    await pod.ready();
    const values: string[] = [];
    for (let time = 0; time < 3; time += 1) {
      await sleep(1000);
      expect(server.seen).toEqual(values);
      values.push(await rotate());
      await expect.poll(() => server.seen).toEqual(values);
    }
    // A new version of the same bytes.
    await writeSecret(bao, values.at(-1) ?? '');
    await sleep(1500);
    expect(server.seen).toEqual(values);
    await expect.poll(() => result(pod, 'told')).toBe(3);
    expect(await result(pod, 'failed')).toBe(0);
    expect(await pod.metric('sidekey_agent_notification_success_timestamp_seconds')).toBeGreaterThan(1e9);
    expect(pod.output).not.toContain(CANARY);
  });

  test('is shown a key from a file, which appears nowhere else', async () => {
    await using server = await startLittleServer();
    await using pod = await podOf(server.url);
    const [first] = pod.config.files;
    const headers = [{ name: 'X-Key', text: 'Key ', file: `${first?.volume}/api-key` }];
    pod.reconfigure({
      files: pod.config.files.map(({ reload, ...file }) => ({
        ...file,
        ...(reload?.kind === 'http' && { reload: { ...reload, headers } }),
      })),
    });
    pod.start('run');
    await pod.ready();
    const value = await rotate();
    await expect.poll(() => server.heard.map(({ headers: seen }) => seen['x-key'])).toEqual([`Key ${value}`]);
    expect(pod.output + (await pod.get('/metrics')).body).not.toContain(CANARY);
  });

  test.each([
    ['fails', [500, 500, 200]],
    ['cuts the connection', ['cut', 'half', 200]],
    ['speaks no HTTP', ['no HTTP', 200]],
    ['redirects', [{ redirect: 'http://example.com/' }, 200]],
    ['hangs', ['hang', 200]],
  ] as const)('that at first %s is told again until it has heard', async (_, behaviours) => {
    await using server = await startLittleServer();
    await using pod = await podOf(server.url, { deadlineMs: 25_000 });
    pod.start('run');
    await pod.ready();
    server.behave(...behaviours);
    await rotate();
    await expect.poll(() => result(pod, 'told')).toBe(1);
    expect(server.heard).toHaveLength(behaviours.length);
    expect(await result(pod, 'failed')).toBe(behaviours.length - 1);
    expect(await result(pod, 'given_up')).toBe(0);
    expect(pod.output).not.toContain('canary-answer');
  });

  test('that is not there yet is told when it is', async () => {
    const port = await freePort();
    await using pod = await podOf(`http://127.0.0.1:${port}/`);
    pod.start('run');
    await pod.ready();
    await rotate();
    await expect.poll(() => result(pod, 'failed')).toBeGreaterThan(0);
    await using server = await startLittleServer(undefined, port);
    await expect.poll(() => server.heard.length).toBe(1);
    expect(pod.output).toContain('ECONNREFUSED');
  });

  test('that never hears is given up when the time is over, and is told of the next change', async () => {
    await using server = await startLittleServer();
    await using pod = await podOf(server.url, { deadlineMs: 3000 });
    pod.start('run');
    await pod.ready();
    server.behave('hang');
    const before = await rotate();
    await expect.poll(() => result(pod, 'given_up')).toBe(1);
    expect(await pod.read('api-key')).toBe(before);
    await expect.poll(() => pod.output).toContain('Gave up telling of a change');
    expect((await pod.get('/readyz')).status).toBe(200);
    server.behave(200);
    await rotate();
    await expect.poll(() => result(pod, 'told')).toBe(1);
  });

  test('that hangs holds up neither another one nor a rotation', async () => {
    await using slow = await startLittleServer();
    await using quick = await startLittleServer();
    slow.behave('hang');
    // Who hangs is not told again before this test is over.
    await using pod = await podOf(slow.url, { deadlineMs: 3_600_000 });
    pod.reconfigure({
      files: pod.config.files.map((file) =>
        file.name === 'api-key' && file.reload?.kind === 'http'
          ? { ...file, reload: { ...file.reload, url: quick.url } }
          : file,
      ),
    });
    pod.start('run');
    await pod.ready();
    for (let time = 1; time <= 3; time += 1) {
      await rotate();
      await expect.poll(() => quick.heard.length).toBe(time);
    }
    expect(slow.heard).toHaveLength(1);
  });
});

describe('an agent that ends while it tells', () => {
  test('ends cleanly and at once', async () => {
    await using server = await startLittleServer();
    server.behave('hang');
    await using pod = await podOf(server.url);
    const agent = pod.start('run');
    await pod.ready();
    await rotate();
    await expect.poll(() => server.heard.length).toBe(1);
    agent.kill('SIGTERM');
    expect(await exit(agent)).toBe(0);
    expect(pod.output).toContain('Stopped');
  });

  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'by %s has its successor tell what it owed, without a new login',
    async (signal) => {
      await using server = await startLittleServer();
      server.behave('hang');
      await using pod = await podOf(server.url);
      const first = pod.start('run');
      await pod.ready();
      await rotate();
      await expect.poll(() => server.heard.length).toBe(1);
      first.kill(signal);
      await exit(first);
      server.behave(200);
      pod.start('run');
      await expect.poll(() => server.heard.length).toBe(2);
      await sleep(1000);
      expect(server.heard).toHaveLength(2);
      await expect.poll(() => pod.output).toContain('Resumed the saved state');
    },
  );

  test('before it could note that files had changed has its successor tell it all the same', async () => {
    await using server = await startLittleServer();
    await using pod = await podOf(server.url);
    const first = pod.start('run');
    await pod.ready();
    const state = join(pod.config.stateDirectory, 'state.json');
    // It is ready a moment before it has noted what stands in the files.
    await expect.poll(() => readFile(state, 'utf8').catch(() => '')).toContain('"mark"');
    const noted = await readFile(state);
    await rotate();
    await expect.poll(() => server.heard.length).toBe(1);
    first.kill('SIGKILL');
    await exit(first);
    await writeFile(state, noted);
    pod.start('run');
    await pod.ready();
    await expect.poll(() => server.heard.length).toBe(2);
  });

  test('and is started again without its state tells what it finds changed, and nothing else', async () => {
    await using server = await startLittleServer();
    await using pod = await podOf(server.url);
    const first = pod.start('run');
    await pod.ready();
    first.kill('SIGKILL');
    await exit(first);
    pod.reconfigure({ pollMs: 201 });
    const second = pod.start('run');
    await pod.ready();
    await sleep(1000);
    expect(server.heard).toEqual([]);
    second.kill('SIGKILL');
    await exit(second);
    pod.reconfigure({ pollMs: 202 });
    await rotate();
    pod.start('run');
    await pod.ready();
    await expect.poll(() => server.heard.length).toBe(1);
  });
});

test('an agent that renders once tells nobody', async () => {
  await using server = await startLittleServer();
  await using pod = await podOf(server.url);
  expect(await exit(pod.start('init'))).toBe(0);
  const value = await rotate();
  expect(await exit(pod.start('init'))).toBe(0);
  expect(server.heard).toEqual([]);
  expect(await pod.read('api-key')).toBe(value);
});
