import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  CREDENTIALS_PATH,
  type LeasedLogins,
  type LeaseTerms,
  mountDatabase,
} from '../../servers/database.ts';
import { PATIENCE_MS } from '../../servers/eventually.ts';
import { type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import { type Postgres, startPostgres } from '../../servers/postgres.ts';
import { requestsOf } from './asked.ts';
import { furnish, Pod } from './stage.ts';

const TEMPLATES = { user: `{{ with secret "${CREDENTIALS_PATH}" }}{{ .Data.username }}{{ end }}` };

let postgres: Postgres;

beforeAll(async () => {
  postgres = await startPostgres();
});

afterAll(() => postgres.stop());

/** A server with tokens of these terms, and leases of an hour of users of the database. */
async function stage(token: LeaseTerms): Promise<{ bao: OpenBaoServer; logins: LeasedLogins }> {
  const bao = await startOpenBao();
  await furnish(bao, token);
  return { bao, logins: await mountDatabase(bao.api, postgres, { ttl: '1h', maxTtl: '2h' }) };
}

/** Looks, until there have been so many, whether the user in the file exists; gives the users seen, in order. */
async function follow(pod: Pod, logins: LeasedLogins, count: number): Promise<string[]> {
  const seen = new Set<string>();
  const end = performance.now() + PATIENCE_MS;
  while (seen.size < count && performance.now() < end) {
    const user = await pod.read('user');
    const exists = (await logins.users()).includes(user);
    // While this process stood still, it may have been replaced and have ended.
    const isReplaced = (await pod.read('user')) !== user;
    expect(exists || isReplaced, 'the user in the file exists').toBe(true);
    seen.add(user);
    await sleep(20);
  }
  return [...seen];
}

describe('a token of ten seconds that may be renewed up to sixteen, with leases of an hour', () => {
  let bao: OpenBaoServer;
  let logins: LeasedLogins;

  beforeAll(async () => {
    ({ bao, logins } = await stage({ ttl: '10s', maxTtl: '16s' }));
  });

  afterAll(() => bao.stop());

  test('is replaced in time, and its leases with it; what has no lease is not read again', async () => {
    const both = {
      ...TEMPLATES,
      key: '{{ with secret "secret/data/ml/api-key" }}{{ .Data.data.key }}{{ end }}',
    };
    const asked = (): Promise<number[]> =>
      Promise.all(['auth/kubernetes/login', 'secret/data/ml/api-key'].map((path) => requestsOf(bao, path)));
    const [logged = 0, read = 0] = await asked();
    await using pod = await Pod.create(bao, { templates: both, pollMs: 3_600_000 });
    pod.start('run');
    await pod.ready();
    const users = await follow(pod, logins, 2);
    expect(users.length).toBe(2);
    expect(await asked()).toEqual([logged + 2, read + 1]);
    expect(await pod.metric('sidekey_agent_store_errors_total{reason="token_invalid"}')).toBe(0);
  });
});

describe('a token that is revoked by somebody', () => {
  test('is replaced by one login, and its leases are read anew', async () => {
    const { bao, logins } = await stage({ ttl: '1h', maxTtl: '2h' });
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
      await expect.poll(() => pod.read('user')).not.toBe(user);
      await expect.poll(() => logins.users()).toEqual([await pod.read('user')]);
      expect(await requestsOf(bao, 'auth/kubernetes/login')).toBe(2);
    } finally {
      await bao.stop();
    }
  });
});
