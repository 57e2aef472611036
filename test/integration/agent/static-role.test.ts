import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, PATIENCE_MS } from '../../servers/eventually.ts';
import { type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import { type Postgres, startPostgres } from '../../servers/postgres.ts';
import { writePolicy } from '../../servers/service-account.ts';
import { logIn, type Login } from '../../servers/database-login.ts';
import { requestsOf } from './asked.ts';
import { exit, furnish, Pod } from './stage.ts';

const USER = 'reporting';
const PATH = 'database/static-creds/reporting';
const FILE = 'database.json';
const TEMPLATES = { [FILE]: `{{ with secret "${PATH}" }}{{ .Data | toJSON }}{{ end }}` };

let postgres: Postgres;
let bao: OpenBaoServer;

beforeAll(async () => {
  [postgres, bao] = await Promise.all([startPostgres(), startOpenBao()]);
  const { api } = bao;
  await furnish(bao);
  await postgres.query(`CREATE ROLE ${USER} LOGIN PASSWORD 'to be replaced at once'`);
  const { username, password, host } = new URL(postgres.url);
  await api('POST', 'sys/mounts/database', { type: 'database' });
  await api('POST', 'database/config/postgres', {
    plugin_name: 'postgresql-database-plugin',
    connection_url: `postgresql://{{username}}:{{password}}@${host}/postgres?sslmode=disable`,
    username,
    password,
    allowed_roles: [USER],
  });
  await writePolicy(api, 'ml', { [PATH]: ['read'] });
});

afterAll(async () => {
  await Promise.all([postgres.stop(), bao.stop()]);
});

/** The store replaces the password at this interval from now on. */
const rotateEvery = (seconds: number): Promise<unknown> =>
  bao.api('POST', `database/static-roles/${USER}`, {
    db_name: 'postgres',
    username: USER,
    rotation_period: `${seconds}s`,
    rotation_statements: [`ALTER USER "{{name}}" WITH PASSWORD '{{password}}'`],
  });

const reads = (): Promise<number> => requestsOf(bao, PATH);

const passwordIn = async (pod: Pod): Promise<string> => (JSON.parse(await pod.read(FILE)) as Login).password;

const enter = (password: string): Promise<string> => logIn(postgres, { username: USER, password });

/** Waits until the file holds a password that the database takes, and that is another. */
const expectNext = (pod: Pod, former: string): Promise<string> =>
  eventually('a password that is let in', PATIENCE_MS, async () => {
    const password = await passwordIn(pod);
    expect(password).not.toBe(former);
    expect(await enter(password)).toBe(USER);
    return password;
  });

test('the password of a static role is read again when the store has replaced it, whatever the poll interval is', async () => {
  await rotateEvery(6);
  await using pod = await Pod.create(bao, { templates: TEMPLATES, pollMs: 3_600_000 });
  pod.start('run');
  await pod.ready();
  const first = await expectNext(pod, '');
  await expectNext(pod, first);
  await expect(enter(first)).rejects.toThrow('password authentication failed');
  expect(await pod.metric('sidekey_agent_store_requests_total{operation="login"}')).toBe(1);
  // The seconds that are left stand in the file, too: they alone are no reason to write it.
  expect(await pod.metric('sidekey_agent_rotations_total')).toBeLessThanOrEqual(await rotations());
});

/** How often the store has replaced the password since the role was made. */
async function rotations(): Promise<number> {
  const audit = await bao.audit();
  const [made] = audit.filter(({ request }) => request.path === `database/static-roles/${USER}`);
  const seconds = (Date.now() - Date.parse(made?.time ?? '')) / 1000;
  return Math.ceil(seconds / 6);
}

test('a password that somebody has replaced by hand is in the file after the poll interval', async () => {
  await rotateEvery(3600);
  await using pod = await Pod.create(bao, { templates: TEMPLATES });
  pod.start('run');
  await pod.ready();
  const first = await passwordIn(pod);
  await bao.api('POST', `database/rotate-role/${USER}`);
  await expectNext(pod, first);
});

test('an agent that was killed reads the password once, for it may have been replaced meanwhile', async () => {
  await rotateEvery(3600);
  await using pod = await Pod.create(bao, { templates: TEMPLATES, pollMs: 3_600_000 });
  const killed = pod.start('run');
  await pod.ready();
  const first = await passwordIn(pod);
  killed.kill('SIGKILL');
  await exit(killed);
  await bao.api('POST', `database/rotate-role/${USER}`);
  const before = await reads();
  pod.start('run');
  await expectNext(pod, first);
  expect((await reads()) - before).toBe(1);
});
