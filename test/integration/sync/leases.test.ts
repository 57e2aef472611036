import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CREDENTIALS_PATH, type LeasedLogins, mountDatabase } from '../../servers/database.ts';
import { eventually, PATIENCE_MS } from '../../servers/eventually.ts';
import { type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import { type Postgres, startPostgres } from '../../servers/postgres.ts';
import {
  createTokenIssuer,
  mountKubernetesAuth,
  writePolicy,
  writeRole,
} from '../../servers/service-account.ts';
import { type Replica, Stage } from './stage.ts';

const ACCOUNT = { namespace: 'sidekey', name: 'sidekey-sync' };

let stage: Stage;
let bao: OpenBaoServer;
let postgres: Postgres;
let logins: LeasedLogins;
let change: Readonly<Record<string, unknown>>;

beforeAll(async () => {
  [stage, bao, postgres] = await Promise.all([Stage.open(), startOpenBao(), startPostgres()]);
  const issuer = createTokenIssuer();
  await mountKubernetesAuth(bao.api, issuer);
  await writePolicy(bao.api, 'sync', { [CREDENTIALS_PATH]: ['read'] });
  await writeRole(bao.api, { name: 'sync', policies: ['sync'], account: ACCOUNT, ttl: '1h' });
  logins = await mountDatabase(bao.api, postgres, { ttl: '10s', maxTtl: '20s' });
  for (const name of ['one', 'two'])
    await stage.namespace(name, { 'sidekey.dev/vault-paths': CREDENTIALS_PATH });
  const tokenFile = await stage.file('vault-token', issuer.token(ACCOUNT));
  const auth = { method: 'kubernetes', path: 'auth/kubernetes', role: 'sync', tokenFile };
  change = { vault: { address: bao.address, auth, timeoutMs: 10_000 } };
});

afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await bao.stop();
  await postgres.stop();
});

const make = (namespace: string, annotations: Readonly<Record<string, string>>): Promise<string> =>
  stage.apply(
    namespace,
    JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'database', annotations } }),
  );

/** Looks, until there have been so many, who is named in a Secret, and that PostgreSQL knows him; gives all in their order. */
async function usersIn(namespace: string, count: number): Promise<readonly string[]> {
  const seen: string[] = [];
  const until = performance.now() + 2 * PATIENCE_MS;
  while (seen.length < count && performance.now() < until) {
    const username = await userIn(namespace);
    const exists = (await logins.users()).includes(username);
    // While this process stood still, he may have been replaced and have ended.
    const isReplaced = (await userIn(namespace)) !== username;
    expect(exists || isReplaced, `the user in ${namespace} exists`).toBe(true);
    if (seen.at(-1) !== username) seen.push(username);
    await sleep(200);
  }
  return seen;
}

const userIn = async (namespace: string): Promise<string> =>
  (await stage.values(namespace, 'database'))['username'] ?? '';

async function start(): Promise<Replica> {
  const replica = await stage.start(change);
  await replica.leads();
  return replica;
}

test('credentials with a lease are renewed and replaced in time, for all Secrets together, whoever leads', async () => {
  const first = await start();
  await make('one', { 'sidekey.dev/source': `vault:${CREDENTIALS_PATH}` });
  await make('two', {
    'infisical.com/secret-sync': 'true',
    'sidekey.dev/template.username': `{{ with secret "${CREDENTIALS_PATH}" }}{{ .Data.username }}{{ end }}`,
  });
  for (const namespace of ['one', 'two'])
    await eventually('the first', PATIENCE_MS, async () =>
      expect(await stage.values(namespace, 'database')).toHaveProperty('username'),
    );
  const users = await usersIn('one', 3);
  expect(users.length).toBe(3);
  await eventually('the same in both', PATIENCE_MS, async () =>
    expect(await stage.values('two', 'database')).toEqual({ username: await userIn('one') }),
  );
  const { password } = await stage.values('one', 'database');
  expect(first.process.output()).not.toContain(password);

  const taking = start();
  await first[Symbol.asyncDispose]();
  await taking;
  await eventually('a successor’s own', PATIENCE_MS, async () =>
    expect(await userIn('one')).not.toBe(users.at(-1)),
  );
  expect(await usersIn('two', 2)).toHaveLength(2);
});
