import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CREDENTIALS_PATH, type LeasedLogins, mountDatabase } from '../../servers/database.ts';
import { eventually, PATIENCE_MS } from '../../servers/eventually.ts';
import { type Api, type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import { type Postgres, startPostgres } from '../../servers/postgres.ts';
import { writePolicy } from '../../servers/service-account.ts';
import { CANARY, exit, furnish, Pod, writeSecret } from './stage.ts';

const NAMESPACE = 'team';

let postgres: Postgres;
let bao: OpenBaoServer;
let logins: LeasedLogins;

/** The server as seen from within the namespace. */
const inside: Api = (method, path, body) => bao.api(method, path, body, { namespace: NAMESPACE });

beforeAll(async () => {
  [postgres, bao] = await Promise.all([startPostgres(), startOpenBao()]);
  await bao.api('POST', `sys/namespaces/${NAMESPACE}`, {});
  await inside('POST', 'sys/mounts/secret', { type: 'kv', options: { version: '2' } });
  await eventually('KV in the namespace', PATIENCE_MS, () => inside('GET', 'secret/config'));
  await furnish({ api: inside });
  logins = await mountDatabase(inside, postgres, { ttl: '10s', maxTtl: '1h' });
});

afterAll(async () => {
  await Promise.all([postgres.stop(), bao.stop()]);
});

interface Count {
  readonly logins: number;
  readonly leases: number;
  readonly renewals: number;
}

/** What was asked of the store so far, whichever way it was put. */
async function requests(): Promise<Count> {
  const asked = (await bao.audit()).filter(({ type }) => type === 'request');
  const count = (path: string): number =>
    asked.filter(({ request }) => [path, `${NAMESPACE}/${path}`].includes(request.path)).length;
  return {
    logins: count('auth/kubernetes/login'),
    leases: count(CREDENTIALS_PATH),
    renewals: count('sys/leases/renew'),
  };
}

/** The login in the file is renewed, and stays the only one. */
async function expectRenewals(pod: Pod, before: Count): Promise<void> {
  const name = await pod.read('user');
  await eventually('renewals', PATIENCE_MS, async () =>
    expect((await requests()).renewals - before.renewals).toBeGreaterThanOrEqual(2),
  );
  expect(await pod.read('user')).toBe(name);
  expect(await logins.users()).toEqual([name]);
}

const user = (path: string): string => `{{ with secret "${path}" }}{{ .Data.username }}{{ end }}`;
const key = (path: string): string => `{{ with secret "${path}" }}{{ .Data.data.key }}{{ end }}`;

describe('an agent within a namespace', () => {
  test('reads, renews and follows changes there, and in the end takes its lease along', async () => {
    const templates = { user: user(CREDENTIALS_PATH), short: key('secret/ml/api-key') };
    await using pod = await Pod.create(bao, {
      templates,
      vault: { namespace: NAMESPACE },
      revokeOnShutdown: true,
    });
    const before = await requests();
    const agent = pod.start('run');
    await pod.ready();
    await expectRenewals(pod, before);
    await writeSecret({ api: inside }, `${CANARY}-2`);
    await eventually('the change', PATIENCE_MS, async () =>
      expect(await pod.read('short')).toBe(`${CANARY}-2`),
    );
    const after = await requests();
    expect([after.logins - before.logins, after.leases - before.leases]).toEqual([1, 1]);
    agent.kill('SIGTERM');
    expect(await exit(agent)).toBe(0);
    await expect.poll(() => logins.users()).toEqual([]);
  });
});

describe('an agent of the namespace above, which may renew leases of that below', () => {
  test('reads and renews by paths that begin with the name of the namespace', async () => {
    await furnish(bao);
    await writePolicy(bao.api, 'ml', {
      [`${NAMESPACE}/secret/*`]: ['read'],
      [`${NAMESPACE}/${CREDENTIALS_PATH}`]: ['read'],
      // What the `default` policy has for the own namespace alone. Without it, leases are replaced instead of renewed.
      [`${NAMESPACE}/sys/leases/renew`]: ['update'],
    });
    const templates = {
      user: user(`${NAMESPACE}/${CREDENTIALS_PATH}`),
      whole: key(`${NAMESPACE}/secret/data/ml/api-key`),
      short: key(`${NAMESPACE}/secret/ml/api-key`),
    };
    await using pod = await Pod.create(bao, { templates, revokeOnShutdown: true });
    const before = await requests();
    const agent = pod.start('run');
    await pod.ready();
    await expectRenewals(pod, before);
    expect(await pod.read('whole')).toMatch(CANARY);
    expect(await pod.read('short')).toBe(await pod.read('whole'));
    expect((await requests()).leases - before.leases).toBe(1);
    agent.kill('SIGTERM');
    expect(await exit(agent)).toBe(0);
    // OpenBao ends no lease with a token of another namespace: it runs out.
    await expect.poll(() => logins.users()).toEqual([]);
  });
});
