import { afterAll, beforeAll, expect, test } from 'vitest';
import { CREDENTIALS_PATH, mountDatabase } from '../../servers/database.ts';
import { PATIENCE_MS } from '../../servers/eventually.ts';
import { type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import { type Postgres, startPostgres } from '../../servers/postgres.ts';
import { logIn } from '../../servers/database-login.ts';
import { Application } from './application.ts';
import { exit, furnish, Pod, userOf } from './stage.ts';

const FILE = 'database.json';
const TEMPLATES = { [FILE]: `{{ with secret "${CREDENTIALS_PATH}" }}{{ .Data | toJSON }}{{ end }}` };

/** Long enough for renewals that a busy machine lets come late. */
const TERMS = { ttl: '10s', maxTtl: '20s' } as const;

let postgres: Postgres;

beforeAll(async () => {
  postgres = await startPostgres();
});

afterAll(() => postgres.stop());

interface Requests {
  readonly logins: number;
  readonly leases: number;
  readonly renewals: number;
  readonly revocations: number;
}

/** What was asked of the store so far. */
async function requests(bao: OpenBaoServer): Promise<Requests> {
  const asked = (await bao.audit()).filter(({ type }) => type === 'request');
  const count = (path: string): number => asked.filter(({ request }) => request.path === path).length;
  return {
    logins: count('auth/kubernetes/login'),
    leases: count(CREDENTIALS_PATH),
    renewals: count('sys/leases/renew'),
    revocations: asked.filter(({ request }) => request.path.includes('revoke')).length,
  };
}

const usersOf = ({ used }: Application): readonly string[] => used.map(({ username }) => username);

test('who reads the file before each connect is always let in, whether leases are renewed or replaced', async () => {
  await using bao = await startOpenBao();
  await furnish(bao);
  const { users } = await mountDatabase(bao.api, postgres, TERMS);
  await using pod = await Pod.create(bao, { templates: TEMPLATES });
  const agent = pod.start('run');
  await pod.ready();
  expect(await userOf(agent)).not.toBe(0);

  await using application = new Application(pod, FILE, postgres);
  await expect.poll(() => application.used.length, { timeout: 2 * PATIENCE_MS }).toBe(3);
  await application[Symbol.asyncDispose]();
  expect([...application.refused]).toEqual([]);
  expect(application.connects).toBeGreaterThan(500);

  const { logins, leases, renewals, revocations } = await requests(bao);
  // Nobody ends a lease before its time.
  expect({ logins, leases, revocations }).toEqual({ logins: 1, leases: 3, revocations: 0 });
  expect(renewals).toBeGreaterThanOrEqual(2 * 2);
  await expect.poll(() => pod.metric('sidekey_agent_rotations_total')).toBe(2);
  expect(
    await pod.metric(`sidekey_agent_file_lease_expiry_timestamp_seconds{file="${FILE}"}`),
  ).toBeGreaterThan(Date.now() / 1000);
  const [first, second, third] = usersOf(application);
  // The first has met its end.
  await expect.poll(users).not.toContain(first);
  expect(await users()).toContain(third);
  expect(new Set([first, second, third]).size).toBe(3);
});

test('an agent that was killed goes on with the same token and lease; one that ends on request takes them along', async () => {
  await using bao = await startOpenBao();
  await furnish(bao);
  const { users } = await mountDatabase(bao.api, postgres, { ttl: '1h', maxTtl: '2h' });
  await using pod = await Pod.create(bao, { templates: TEMPLATES, revokeOnShutdown: true });
  const killed = pod.start('run');
  await pod.ready();
  await using application = new Application(pod, FILE, postgres);
  await expect.poll(() => application.connects).toBeGreaterThan(10);

  killed.kill('SIGKILL');
  expect(await exit(killed)).toBe('SIGKILL');
  const before = await requests(bao);
  expect(before).toMatchObject({ logins: 1, leases: 1 });
  const resumed = pod.start('run');
  await pod.ready();
  expect(await requests(bao)).toEqual(before);
  expect(await pod.metric('sidekey_agent_token_expiry_timestamp_seconds')).toBeGreaterThan(Date.now() / 1000);
  await application[Symbol.asyncDispose]();
  expect([...application.refused]).toEqual([]);
  expect(await users()).toEqual(usersOf(application));

  const [login] = application.used;
  if (login === undefined) throw new Error('The application never was let in');
  resumed.kill('SIGTERM');
  expect(await exit(resumed)).toBe(0);
  await expect.poll(users).toEqual([]);
  await expect(logIn(postgres, login)).rejects.toThrow('password authentication failed');
});
