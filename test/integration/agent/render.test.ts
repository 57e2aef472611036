import { once } from 'node:events';
import { readlink, stat } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, inTime, PATIENCE_MS } from '../../servers/eventually.ts';
import { type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import { openStoreFront } from '../../servers/store-front.ts';
import { CANARY, exit, furnish, Pod, userOf, writeSecret } from './stage.ts';

const READ = /^secret\/data\//u;

let bao: OpenBaoServer;

beforeAll(async () => {
  bao = await startOpenBao();
  await furnish(bao);
});

afterAll(() => bao.stop());

describe('agent init', () => {
  test('renders once and ends', async () => {
    await using pod = await Pod.create(bao);
    expect(await exit(pod.start('init'))).toBe(0);
    expect(await pod.read('api-key')).toBe(`${CANARY}-1`);
    expect(await pod.read('default')).toMatch(/^data: map\[key:canary-4f9d1c7e-1\]\nmetadata: map\[.*\]\n$/u);
  });

  test('keeps no token: the leases behind the files live on', async () => {
    await using pod = await Pod.create(bao);
    const before = await bao.audit();
    expect(await exit(pod.start('init'))).toBe(0);
    const paths = (await bao.audit()).slice(before.length).map(({ request }) => request.path);
    expect(paths).toContain('auth/kubernetes/login');
    expect(paths.filter((path) => path.includes('revoke'))).toEqual([]);
  });
});

describe('agent run', () => {
  test('does not run as root', async () => {
    await using pod = await Pod.create(bao);
    const agent = pod.start('run');
    await pod.ready();
    expect(await userOf(agent)).not.toBe(0);
  });

  test('is ready with the files complete, and healthy', async () => {
    await using pod = await Pod.create(bao);
    const begin = performance.now();
    pod.start('run');
    await pod.ready();
    const took = performance.now() - begin;
    expect(await pod.read('api-key')).toMatch(CANARY);
    expect((await pod.get('/healthz')).status).toBe(200);
    expect(await pod.metric('sidekey_agent_ready')).toBe(1);
    const seconds = await pod.metric('sidekey_agent_first_render_seconds');
    expect(seconds).toBeGreaterThan(0.01);
    expect(seconds).toBeLessThan(took / 1000);
  });

  test('brings a new value into the file with the first read that finds it', async () => {
    await using front = await openStoreFront(bao.address);
    await using pod = await Pod.create({ address: front.url.origin });
    pod.start('run');
    await pod.ready();
    // It is written as the agent asks, who is not answered another time.
    front.meet(READ, async () => {
      front.meet(READ, () => new Promise(() => undefined));
      await writeSecret(bao, `${CANARY}-2`);
    });
    await eventually('the new key', PATIENCE_MS, async () =>
      expect(await pod.read('api-key')).toBe(`${CANARY}-2`),
    );
    await expect.poll(() => pod.metric('sidekey_agent_rotations_total')).toBe(1);
  });

  test('does not touch files of which no secret has changed', async () => {
    await using pod = await Pod.create(bao);
    pod.start('run');
    await pod.ready();
    const volume = join(pod.directory, 'secrets');
    const look = async () => [await readlink(join(volume, '..data')), (await stat(volume)).mtimeMs];
    const before = await look();
    const reads = (): Promise<number> => pod.metric('sidekey_agent_store_requests_total{operation="read"}');
    const first = await reads();
    await expect.poll(reads).toBeGreaterThan(first + 2);
    expect(await look()).toEqual(before);
  });

  test('ends with 0 when asked to, and leaves files and token alone', async () => {
    await using pod = await Pod.create(bao);
    const agent = pod.start('run');
    await pod.ready();
    const before = await bao.audit();
    agent.kill('SIGTERM');
    expect(await exit(agent)).toBe(0);
    expect(await pod.read('api-key')).toMatch(CANARY);
    const paths = (await bao.audit()).slice(before.length).map(({ request }) => request.path);
    expect(paths.filter((path) => path.includes('revoke'))).toEqual([]);
  });

  test('revokes its token when asked to end, if it is to', async () => {
    await using pod = await Pod.create(bao, { revokeOnShutdown: true });
    const agent = pod.start('run');
    await pod.ready();
    const before = await bao.audit();
    agent.kill('SIGTERM');
    expect(await exit(agent)).toBe(0);
    const after = (await bao.audit()).slice(before.length).filter(({ type }) => type === 'response');
    expect(after.map(({ request }) => request.path)).toContain('auth/token/revoke-self');
    expect(after.find(({ request }) => request.path === 'auth/token/revoke-self')?.error).toBeUndefined();
    await expect(stat(join(pod.config.stateDirectory, 'state.json'))).rejects.toThrow('ENOENT');
  });

  test('ends in the middle of a login, however long it would wait for that', async () => {
    const silent = createServer();
    const connection = once(silent.listen(0, '127.0.0.1'), 'connection');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    await using pod = await Pod.create(
      { address: `http://127.0.0.1:${port}` },
      { vault: { timeoutMs: 600_000 } },
    );
    const agent = pod.start('run');
    await inTime('a login', PATIENCE_MS, connection);
    agent.kill('SIGTERM');
    expect(await exit(agent)).toBe(0);
    silent.close();
  });
});
