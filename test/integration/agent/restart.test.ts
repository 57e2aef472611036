import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import { mountLeasedUsers, type LeasedUsers } from '../../servers/rabbitmq.ts';
import { CANARY, exit, furnish, Pod } from './stage.ts';

const USER_TEMPLATE = '{{ with secret "rabbitmq/creds/app" }}{{ .Data.username }}{{ end }}';

let bao: OpenBaoServer;
let broker: LeasedUsers;

beforeAll(async () => {
  bao = await startOpenBao();
  await furnish(bao);
  broker = await mountLeasedUsers(bao.api, { ttl: '1h', maxTtl: '2h' });
});

afterAll(async () => {
  await bao.stop();
  await broker[Symbol.asyncDispose]();
});

/** How often each of these was asked for, answers not counted. */
async function count(...paths: string[]): Promise<number[]> {
  const requests = (await bao.audit()).filter(({ type }) => type === 'request');
  return paths.map((path) => requests.filter(({ request }) => request.path === path).length);
}

const LOGIN = 'auth/kubernetes/login';
const LEASE = 'rabbitmq/creds/app';

describe('an agent that was killed', () => {
  test('goes on without a login and without a new lease', async () => {
    await using pod = await Pod.create(bao, { templates: { user: USER_TEMPLATE } });
    const first = pod.start('run');
    await pod.ready();
    const user = await pod.read('user');
    first.kill('SIGKILL');
    await exit(first);
    const before = await count(LOGIN, LEASE);

    pod.start('run');
    await pod.ready();
    expect(await pod.read('user')).toBe(user);
    expect(await count(LOGIN, LEASE)).toEqual(before);
    expect(await pod.metric('sidekey_agent_token_expiry_timestamp_seconds')).toBeGreaterThan(
      Date.now() / 1000,
    );
  });

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
    const [logins = 0] = await count(LOGIN);
    pod.start('run');
    await pod.ready();
    expect(await count(LOGIN)).toEqual([logins + 1]);
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
