import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import { type LeasedUsers, mountLeasedUsers } from '../../servers/rabbitmq.ts';
import { furnish, Pod } from './stage.ts';

const TEMPLATES = { user: '{{ with secret "rabbitmq/creds/app" }}{{ .Data.username }}{{ end }}' };

/** A server whose tokens and leases end soon, and a broker that shows which users exist. */
async function stage(token: { ttl: string; maxTtl: string }, lease: { ttl: string; maxTtl: string }) {
  const bao = await startOpenBao();
  await furnish(bao, token);
  return { bao, broker: await mountLeasedUsers(bao.api, lease) };
}

/** Looks for so long whether the user in the file exists; gives the users seen, in order. */
async function follow(pod: Pod, broker: LeasedUsers, forMs: number): Promise<string[]> {
  const seen = new Set<string>();
  const end = performance.now() + forMs;
  while (performance.now() < end) {
    const user = await pod.read('user');
    expect(broker.users(), 'the user in the file does not exist any more').toContain(user);
    seen.add(user);
    await sleep(20);
  }
  return [...seen];
}

const requests = async (bao: OpenBaoServer, path: string): Promise<number> =>
  (await bao.audit()).filter(({ type, request }) => type === 'request' && request.path === path).length;

describe('a lease of four seconds that may be renewed up to ten', () => {
  let bao: OpenBaoServer;
  let broker: LeasedUsers;

  beforeAll(async () => {
    ({ bao, broker } = await stage({ ttl: '1h', maxTtl: '2h' }, { ttl: '4s', maxTtl: '10s' }));
  });

  afterAll(async () => {
    await bao.stop();
    await broker[Symbol.asyncDispose]();
  });

  test('is renewed, and replaced before its maximum; the user in the file exists at every moment', async () => {
    await using pod = await Pod.create(bao, { templates: TEMPLATES });
    pod.start('run');
    await pod.ready();
    const users = await follow(pod, broker, 14_000);
    expect(users.length).toBeGreaterThanOrEqual(2);
    expect(users.length).toBeLessThanOrEqual(4);
    expect(await requests(bao, 'sys/leases/renew')).toBeGreaterThanOrEqual(3);
    expect(await requests(bao, 'auth/kubernetes/login')).toBe(1);
    expect(
      await pod.metric('sidekey_agent_file_lease_expiry_timestamp_seconds{file="user"}'),
    ).toBeGreaterThan(Date.now() / 1000);
  });
});

describe('a token of five seconds that may be renewed up to eight, with leases of an hour', () => {
  let bao: OpenBaoServer;
  let broker: LeasedUsers;

  beforeAll(async () => {
    ({ bao, broker } = await stage({ ttl: '5s', maxTtl: '8s' }, { ttl: '1h', maxTtl: '2h' }));
  });

  afterAll(async () => {
    await bao.stop();
    await broker[Symbol.asyncDispose]();
  });

  test('is replaced in time, and its leases with it; what has no lease is not read again', async () => {
    const both = {
      ...TEMPLATES,
      key: '{{ with secret "secret/data/ml/api-key" }}{{ .Data.data.key }}{{ end }}',
    };
    await using pod = await Pod.create(bao, { templates: both, pollMs: 3_600_000 });
    pod.start('run');
    await pod.ready();
    const users = await follow(pod, broker, 14_000);
    expect(users.length).toBeGreaterThanOrEqual(2);
    expect(await requests(bao, 'auth/kubernetes/login')).toBe(users.length);
    expect(await requests(bao, 'secret/data/ml/api-key')).toBe(1 + 1);
    expect(await pod.metric('sidekey_agent_store_errors_total{reason="token_invalid"}')).toBe(0);
  });
});

describe('a token that is revoked by somebody', () => {
  test('is replaced by one login, and its leases are read anew', async () => {
    const { bao, broker } = await stage({ ttl: '1h', maxTtl: '2h' }, { ttl: '1h', maxTtl: '2h' });
    try {
      const both = {
        ...TEMPLATES,
        key: '{{ with secret "secret/data/ml/api-key" }}{{ .Data.data.key }}{{ end }}',
      };
      await using pod = await Pod.create(bao, { templates: both });
      pod.start('run');
      await pod.ready();
      const user = await pod.read('user');
      await bao.api('PUT', 'sys/leases/revoke-prefix/auth/kubernetes/login');
      await expect.poll(() => pod.read('user'), { timeout: 10_000 }).not.toBe(user);
      expect(broker.users()).toEqual([await pod.read('user')]);
      expect(await requests(bao, 'auth/kubernetes/login')).toBe(2);
    } finally {
      await bao.stop();
      await broker[Symbol.asyncDispose]();
    }
  });
});
