import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LeasedLogins, mountDatabase } from '../../../servers/database.ts';
import { eventually } from '../../../servers/eventually.ts';
import { field } from '../../../servers/openbao-api.ts';
import { type OpenBaoServer, startOpenBao } from '../../../servers/openbao.ts';
import { type Postgres, startPostgres } from '../../../servers/postgres.ts';
import { writePolicy, writeRole } from '../../../servers/service-account.ts';
import { furnish } from '../stage.ts';
import { RIGHTS_FAULTS } from './rows/rights.ts';
import { expectContent, expectTold, expectUnharmed, PATIENCE_MS, TEST, Trial } from './trial.ts';

const LEASES = { ttl: '20s', maxTtl: '1h', roles: ['one', 'prefix'] } as const;

let bao: OpenBaoServer;
let postgres: Postgres;
let logins: LeasedLogins;

beforeAll(async () => {
  [bao, postgres] = await Promise.all([startOpenBao(), startPostgres()]);
  await furnish(bao);
  logins = await mountDatabase(bao.api, postgres, LEASES);
});

afterAll(() => Promise.all([bao.stop(), postgres.stop()]));

/** An agent whose role is its own, with a policy of that name that allows this alone. */
async function begin(
  name: string,
  paths: readonly string[],
  options: Parameters<typeof Trial.open>[1] = {},
): Promise<Trial> {
  await allow(name, paths);
  await writeRole(bao.api, { name, policies: [name], ttl: '1h' });
  const trial = await Trial.open(bao, { ...options, role: name });
  trial.start();
  await trial.ready();
  return trial;
}

const allow = (name: string, paths: readonly string[]): Promise<void> =>
  writePolicy(bao.api, name, Object.fromEntries(paths.map((path) => [path, ['read']])));

const loginsOf = ({ front }: Trial): number =>
  front.asked.filter(({ path }) => path === 'auth/kubernetes/login').length;

describe.concurrent('what the store takes away', TEST, () => {
  test(`when ${RIGHTS_FAULTS.policy.fault}, the files stay, and it is used again when it is back, without a login`, async () => {
    const name = 'policy-removed';
    await using trial = await begin(name, ['secret/data/ml/*']);
    await bao.api('DELETE', `sys/policies/acl/${name}`);
    await expectTold(trial, RIGHTS_FAULTS.policy);
    await trial.write('after');
    expectUnharmed(trial, ['before']);
    await allow(name, ['secret/data/ml/*']);
    await expectContent(trial, 'after');
    expectUnharmed(trial, ['before', 'after']);
    expect(loginsOf(trial)).toBe(1);
  });

  test(`when ${RIGHTS_FAULTS.token.fault}, one login follows, and nothing is seen of it`, async () => {
    await using trial = await begin('token-revoked', ['secret/data/ml/*']);
    await bao.api('PUT', 'auth/token/revoke-accessor', { accessor: await accessorOf('token-revoked') });
    await expectTold(trial, RIGHTS_FAULTS.token);
    await trial.write('after');
    await expectContent(trial, 'after');
    expectUnharmed(trial, ['before', 'after']);
    expect(loginsOf(trial)).toBe(2);
  });

  test.each([
    ['deleted', (path: string) => bao.api('DELETE', path), RIGHTS_FAULTS.deleted],
    [
      'destroyed',
      (path: string) => bao.api('PUT', path.replace('/data/', '/destroy/'), { versions: [1] }),
      RIGHTS_FAULTS.deleted,
    ],
    [
      'removed with all its versions',
      (path: string) => bao.api('DELETE', path.replace('/data/', '/metadata/')),
      RIGHTS_FAULTS.absent,
    ],
  ])('when the secret is %s, the file stays, and the next version is taken', async (how, remove, row) => {
    // Of its own, for the store does not take two writes of one role at a time.
    await using trial = await begin(how.replaceAll(' ', '-'), ['secret/data/ml/*']);
    await remove(trial.path);
    await expectTold(trial, row);
    expectUnharmed(trial, ['before']);
    await trial.write('after');
    await expectContent(trial, 'after');
    expectUnharmed(trial, ['before', 'after']);
  });

  test(`when ${RIGHTS_FAULTS.mount.fault}, the file stays, and what comes in its place is taken`, async () => {
    const mount = (): Promise<unknown> =>
      bao.api('POST', 'sys/mounts/going', { type: 'kv', options: { version: '2' } });
    await bao.api('DELETE', 'sys/mounts/going');
    await mount();
    await eventually('the mount', PATIENCE_MS, () => bao.api('GET', 'going/config'));
    await using trial = await begin('mount-removed', ['going/data/*'], { path: 'going/data/key' });
    await bao.api('DELETE', 'sys/mounts/going');
    await expectTold(trial, RIGHTS_FAULTS.mount);
    expectUnharmed(trial, ['before']);
    await mount();
    await eventually('the mount', PATIENCE_MS, () => trial.write('after'));
    await expectContent(trial, 'after');
    expectUnharmed(trial, ['before', 'after']);
  });

  test.each([
    ['one', revokeEach],
    ['prefix', () => bao.api('PUT', 'sys/leases/revoke-prefix/database/creds/prefix', { sync: true })],
  ])(
    `when ${RIGHTS_FAULTS.lease.fault} (%s), the next renewal brings another login`,
    async (role, revoke) => {
      const path = `database/creds/${role}`;
      const template = `{{ with secret "${path}" }}{{ .Data.username }}{{ end }}`;
      await using trial = await begin(`lease-${role}`, [path], { path, template });
      const [first = ''] = trial.onlooker.contents;
      await revoke();
      expect(await logins.users()).not.toContain(first);
      await expectTold(trial, RIGHTS_FAULTS.lease);
      await eventually('another login', PATIENCE_MS, async () => {
        expect(trial.onlooker.contents).toHaveLength(2);
        expect(await logins.users()).toContain(trial.onlooker.contents[1]);
      });
      expect(loginsOf(trial)).toBe(1);
      expect([...trial.onlooker.unread, ...trial.onlooker.unready]).toEqual([]);
    },
  );
});

/** Revokes the leases of the role `one`, each by itself. */
async function revokeEach(): Promise<void> {
  const listed = await bao.api('LIST', 'sys/leases/lookup/database/creds/one');
  for (const key of field(listed, 'data', 'keys') as readonly string[])
    await bao.api('PUT', 'sys/leases/revoke', { lease_id: `database/creds/one/${key}`, sync: true });
}

/** The accessor of the token that was granted to the last login with a role. */
async function accessorOf(role: string): Promise<string | undefined> {
  const granted = (await bao.audit()).findLast(
    ({ type, auth, request }) =>
      type === 'response' && request.path === 'auth/kubernetes/login' && auth?.metadata?.['role'] === role,
  );
  return granted?.response?.auth?.accessor;
}
