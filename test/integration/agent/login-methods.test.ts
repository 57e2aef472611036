import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { VaultAuth } from '#contract/vault-auth.ts';
import { makeToken, WRAPPING_PATH } from '../../servers/login-methods.ts';
import { type LoginStage, openLoginStage, podOf } from './login-stage.ts';
import { exit, type Pod, writeSecret } from './stage.ts';

const REMOVED = 'a secret id whose file is removed';

const WAYS: Readonly<Record<string, (stage: LoginStage) => (proofs: string) => Promise<VaultAuth>>> = {
  'a secret id': (stage) => (proofs) => withSecretId(stage, proofs, {}),
  [REMOVED]: (stage) => (proofs) => withSecretId(stage, proofs, { removeSecretIdFile: true }),
  'a wrapped secret id': (stage) => (proofs) =>
    withSecretId(stage, proofs, { removeSecretIdFile: true, secretIdWrappingPath: WRAPPING_PATH }),
  'a client certificate': (stage) => async (proofs) => ({
    method: 'cert',
    path: 'auth/cert',
    role: 'ml',
    ...(await stage.clients.issue(proofs, 'runner')),
  }),
};

async function withSecretId(
  { appRole }: LoginStage,
  proofs: string,
  how: { readonly removeSecretIdFile?: true; readonly secretIdWrappingPath?: string },
): Promise<VaultAuth> {
  const secretIdFile = join(proofs, 'secret-id');
  const wrap = how.secretIdWrappingPath === undefined ? {} : { wrapTtl: '60s' };
  await writeFile(secretIdFile, await appRole.secretId(wrap));
  return { method: 'approle', path: 'auth/approle', roleId: appRole.roleId, secretIdFile, ...how };
}

/** Where a proof is used up, or a server's time. */
const LOGINS = ['auth/approle/login', 'auth/cert/login'];
const UNWRAPPING = ['sys/wrapping/unwrap'];
const RENEWAL = ['auth/token/renew-self'];

/** A busy machine is slow, and a pause after a refused login grows to half a minute. */
const PATIENTLY = { timeout: 60_000, interval: 200 };

/** How often any of these was asked for, answers not counted. */
async function count({ bao }: LoginStage, paths: readonly string[]): Promise<number> {
  const audit = await bao.audit();
  return audit.filter(({ type, request }) => type === 'request' && paths.includes(request.path)).length;
}

/** Kills an agent that has saved its session, which it does a moment after it is ready. */
async function kill(pod: Pod, agent: ReturnType<Pod['start']>): Promise<void> {
  const state = join(pod.config.stateDirectory, 'state.json');
  const saved = async (): Promise<unknown> => JSON.parse(await readFile(state, 'utf8').catch(() => '{}'));
  await expect.poll(saved, PATIENTLY).toMatchObject({ current: [{ store: 'vault' }] });
  agent.kill('SIGKILL');
  await exit(agent);
}

describe('an agent with tokens of an hour', () => {
  let stage: LoginStage;

  beforeAll(async () => {
    stage = await openLoginStage('1h', '2h');
  });

  afterAll(() => stage.bao.stop());

  test.each(Object.entries(WAYS))(
    'that logs in by %s goes on after a restart without a login',
    async (_, way) => {
      await using pod = await podOf(stage, way(stage));
      const before = await count(stage, LOGINS);
      const agent = pod.start('run');
      await pod.ready();
      await kill(pod, agent);
      const unwrapped = await count(stage, UNWRAPPING);
      pod.start('run');
      await pod.ready();
      expect(await pod.read('key')).toBe('the key');
      expect(await count(stage, LOGINS)).toBe(before + 1);
      expect(await count(stage, UNWRAPPING)).toBe(unwrapped);
    },
  );

  test('that was given a token looks it up once, goes on after a restart, and never revokes it', async () => {
    const token = await makeToken(stage.bao.api, stage.terms);
    await using pod = await podOf(stage, async (proofs) => {
      await writeFile(join(proofs, 'token'), token);
      return { method: 'token_file', tokenFile: join(proofs, 'token') };
    });
    pod.reconfigure({ revokeOnShutdown: true });
    const lookups = ['auth/token/lookup-self'];
    const before = await count(stage, lookups);
    await kill(pod, await started(pod));
    const agent = await started(pod);
    expect(await count(stage, lookups)).toBe(before + 1);
    agent.kill('SIGTERM');
    expect(await exit(agent)).toBe(0);
    expect(await count(stage, ['auth/token/revoke-self'])).toBe(0);
    expect(pod.output).toContain('Cannot revoke the session');
  });
});

async function started(pod: Pod): Promise<ReturnType<Pod['start']>> {
  const agent = pod.start('run');
  await pod.ready();
  return agent;
}

describe('an agent with tokens of three seconds that may be renewed up to four', () => {
  let stage: LoginStage;

  beforeAll(async () => {
    stage = await openLoginStage('3s', '4s');
  });

  afterAll(() => stage.bao.stop());

  // The wrapped secret id is one whose file is removed, too.
  test.each(Object.entries(WAYS).filter(([way]) => way !== REMOVED))(
    'that logs in by %s renews, logs in again in time, and does so after a restart, too',
    async (_, way) => {
      await using pod = await podOf(stage, way(stage));
      const before = await count(stage, LOGINS);
      const renewed = await count(stage, RENEWAL);
      const unwrapped = await count(stage, UNWRAPPING);
      const agent = await started(pod);
      await expect.poll(() => count(stage, LOGINS), PATIENTLY).toBeGreaterThanOrEqual(before + 2);
      // Whoever is late for a renewal logs in instead: on a busy machine it takes some rounds to see one.
      await expect.poll(() => count(stage, RENEWAL), PATIENTLY).toBeGreaterThan(renewed);
      await kill(pod, agent);
      await writeSecret(stage.bao, `after ${before}`);
      const again = (await count(stage, LOGINS)) + 1;
      await started(pod);
      await expect.poll(() => count(stage, LOGINS), PATIENTLY).toBeGreaterThanOrEqual(again);
      await expect.poll(() => pod.read('key'), PATIENTLY).toBe(`after ${before}`);
      expect(await count(stage, UNWRAPPING)).toBeLessThanOrEqual(unwrapped + 1);
    },
  );

  test('that was given a token takes the next one in time, and says so where there is none', async () => {
    await using pod = await podOf(stage, async (proofs) => {
      const tokenFile = join(proofs, 'token');
      // Long enough for a busy machine to start an agent.
      await writeFile(
        tokenFile,
        await makeToken(stage.bao.api, { ...stage.terms, ttl: '15s', maxTtl: '15s' }),
      );
      return { method: 'token_file', tokenFile };
    });
    const file = join(pod.proofs, 'token');
    await started(pod);
    await expect.poll(() => pod.output, PATIENTLY).toContain(`Cannot replace the token of ${file}`);
    await writeFile(file, await makeToken(stage.bao.api, { ...stage.terms, ttl: '1h', maxTtl: '1h' }));
    await writeSecret(stage.bao, 'under the next token');
    await expect.poll(() => pod.read('key'), PATIENTLY).toBe('under the next token');
  });

  test('that was given a secret id for one login says what to do, and takes the next one', async () => {
    await using pod = await podOf(stage, async (proofs) => {
      const auth = await withSecretId(stage, proofs, {});
      await writeFile(join(proofs, 'secret-id'), await stage.appRole.secretId({ uses: 1 }));
      return auth;
    });
    const file = join(pod.proofs, 'secret-id');
    // If its token ends before the first file is there, on a machine that stands still, it is ready only with the next one.
    pod.start('run');
    await expect.poll(() => pod.output, PATIENTLY).toContain(`write a new secret id to ${file}`);
    await writeFile(file, await stage.appRole.secretId());
    await writeSecret(stage.bao, 'under the next secret id');
    await expect.poll(() => pod.read('key'), PATIENTLY).toBe('under the next secret id');
  });
});
