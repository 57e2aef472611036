import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { containing, matching } from '../../agent/provider/vault/fixtures.ts';
import type { OpenBaoServer } from '../../servers/openbao.ts';
import { login, openStage } from './stage.ts';

let bao: OpenBaoServer;

beforeAll(async () => {
  bao = await openStage();
});

afterAll(() => bao.stop());

describe('a login', () => {
  test('gives a token that is leased for as long as the role says', async () => {
    const session = await login(bao);
    expect(session.lifetime).toEqual({ kind: 'leased', ttlMs: 60_000, renewable: true });
    await expect(
      bao.api('GET', 'auth/token/lookup-self', undefined, { token: session.token.reveal() }),
    ).resolves.toMatchObject({ data: { meta: { role: 'ml' } } });
  });

  test('sends what Kubernetes auth is sent', async () => {
    await login(bao);
    const requests = (await bao.audit()).filter(({ request }) => request.path === 'auth/kubernetes/login');
    expect(Object.keys(requests.at(-1)?.request.data ?? {}).toSorted()).toEqual(['jwt', 'role']);
  });

  test('with a wrong role says so', async () => {
    await expect(login(bao, { auth: { role: 'nobody' } })).rejects.toMatchObject({
      code: 'login_refused',
      message: containing('there is no role "nobody"'),
    });
  });

  test('with a token for another audience names it and both remedies', async () => {
    await expect(login(bao, { account: { audience: 'vault' } })).rejects.toMatchObject({
      code: 'login_refused',
      message: matching(/aud: "vault"\): set the role's audience to it, or request a token/u),
    });
  });

  test('of another service account names it', async () => {
    await expect(login(bao, { account: { namespace: 'other' } })).rejects.toMatchObject({
      code: 'login_refused',
      message: containing('does not admit "system:serviceaccount:other:runner"'),
    });
  });

  test('where nothing is mounted names the path', async () => {
    await expect(login(bao, { auth: { path: 'auth/elsewhere' } })).rejects.toMatchObject({
      code: 'login_refused',
      message: containing('mounted at "auth/elsewhere"'),
    });
  });

  test('without a token file names the file', async () => {
    await expect(login(bao, { auth: { tokenFile: '/none/token' } })).rejects.toMatchObject({
      code: 'login_refused',
      message: 'Cannot read the service-account token /none/token: ENOENT; mount a projected token there',
    });
  });
});
