import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LittleServer, startLittleServer } from '../../agent/notify/little-server.ts';
import { CREDENTIALS_PATH, type LeasedLogins, mountDatabase } from '../../servers/database.ts';
import { eventually, PATIENCE_MS } from '../../servers/eventually.ts';
import { type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import { type Postgres, startPostgres } from '../../servers/postgres.ts';
import { furnish, Pod } from './stage.ts';

const TEMPLATES = { user: `{{ with secret "${CREDENTIALS_PATH}" }}{{ .Data.username }}{{ end }}` };

/** Of a lease; a token lasts longer, and is replaced with everything that hangs on it at half of its life. */
const LEASE_SECONDS = 8;
const TOKEN_SECONDS = 32;

let postgres: Postgres;
let bao: OpenBaoServer;
let logins: LeasedLogins;

beforeAll(async () => {
  postgres = await startPostgres();
  bao = await startOpenBao();
  await furnish(bao, { ttl: `${TOKEN_SECONDS}s`, maxTtl: `${TOKEN_SECONDS}s` });
  logins = await mountDatabase(bao.api, postgres, { ttl: `${LEASE_SECONDS}s`, maxTtl: '1h' });
});

afterAll(async () => {
  await bao.stop();
  await postgres.stop();
});

async function podOf(server: LittleServer, deadlineMs: number): Promise<Pod> {
  const pod = await Pod.create(bao, { templates: TEMPLATES });
  const success = [{ from: 200, to: 299 }];
  const reload = { kind: 'http', method: 'POST', url: server.url, headers: [], success, deadlineMs } as const;
  pod.reconfigure({ files: pod.config.files.map((file) => ({ ...file, reload })) });
  return pod;
}

/** The user in the file exists, and so do others. */
const expectInUse = (pod: Pod, others: readonly string[] = []): Promise<void> =>
  eventually('the users', PATIENCE_MS, async () => {
    const user = await pod.read('user');
    expect(await logins.users()).toEqual(expect.arrayContaining([...others, user]));
  });

/** Starts an agent and waits until its token, and with it the user in the file, has been replaced; gives the user before. */
async function replaced(pod: Pod): Promise<string> {
  pod.start('run');
  await pod.ready();
  const before = await pod.read('user');
  await expect.poll(() => pod.read('user'), { timeout: 4 * TOKEN_SECONDS * 1000 }).not.toBe(before);
  return before;
}

describe('the database user that an application was not told to use any more', () => {
  test('lives on until it is told, and ends by itself then', async () => {
    await using server = await startLittleServer();
    server.behave(503);
    await using pod = await podOf(server, 3_600_000);
    const before = await replaced(pod);
    // Longer than without a renewal.
    await sleep(LEASE_SECONDS * 1250);
    await expectInUse(pod, [before]);
    server.behave(200);
    await expect
      .poll(() => pod.metric('sidekey_agent_notifications_total{kind="http",result="told"}'))
      .toBe(1);
    await expect.poll(() => logins.users()).not.toContain(before);
    await expectInUse(pod);
  });

  test('is let go when it is given up to tell', async () => {
    await using server = await startLittleServer();
    server.behave(503);
    await using pod = await podOf(server, 2000);
    const before = await replaced(pod);
    const givenUp = 'sidekey_agent_notifications_total{kind="http",result="given_up"}';
    await expect.poll(() => pod.metric(givenUp)).toBe(1);
    await expect.poll(() => logins.users()).not.toContain(before);
    await expectInUse(pod);
  });
});
