import { describe, expect, test, vi } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import type { StoreAnswer } from '../../../../cli/tenant/diff/http.ts';
import { compareVault } from '../../../../cli/tenant/diff/vault.ts';
import type { AskVault } from '../../../../cli/tenant/diff/vault-client.ts';
import type { Outcome } from '../../../../governance/diff/drift.ts';
import { parseTenancy } from '../../../../governance/tenant/parse.ts';
import { vaultObjects } from '../../../../governance/tenant/render.ts';
import { readTenancy } from '../../../../cli/tenant/read.ts';

const CANARY = 'hvs.canary-7d1f';

const declared = (names: readonly string[]) => {
  const text = names.map(
    (name) => `---
apiVersion: sidekey.dev/v1
kind: Tenant
metadata: {name: ${name}}
spec: {namespaces: [${name}], secrets: {vault: {paths: [secret/data/${name}]}}}
`,
  );
  const read = readTenancy([{ file: 'tenants.yaml', text: text.join('') }]);
  if (!read.ok) throw new Error('The tenants are wrong');
  return read.value;
};

const TENANCY = declared(['team-a', 'team-b']);

/** What a store holds if all is as declared, by path. */
const everything = (): Map<string, JsonObject> =>
  new Map(
    TENANCY.tenants.flatMap((tenant) => vaultObjects(TENANCY, tenant).map(({ path, body }) => [path, body])),
  );

const answer = (status: number, body: JsonObject = {}): StoreAnswer => ({ status, body });

/** A store that holds this. */
const storeOf =
  (held: ReadonlyMap<string, JsonObject>): AskVault =>
  async (method, path) => {
    if (method === 'GET') {
      const data = held.get(path);
      return data === undefined ? answer(404, { errors: [] }) : answer(200, { data });
    }
    const keys = [...held.keys()]
      .filter((key) => key.startsWith(`${path}/`))
      .map((key) => key.slice(path.length + 1));
    return keys.length === 0 ? answer(404, { errors: [] }) : answer(200, { data: { keys } });
  };

const ADDRESS = 'https://openbao.example:8200';

const compare = (ask: AskVault): Promise<Outcome> => compareVault(ask, { address: ADDRESS }, TENANCY);

describe('a store', () => {
  test('that holds what is declared is in step, whatever else it holds', async () => {
    const held = everything()
      .set('sys/policies/acl/default', { policy: 'path "a" {}' })
      .set('sys/policies/acl/sidekey-operator', { policy: 'path "a" {}' })
      .set('auth/jwt/role/others', { token_policies: ['default'] });
    expect(await compare(storeOf(held))).toEqual({ compared: 4, drifts: [], unanswered: [] });
  });

  test('is not asked at all if no tenant has anything there', async () => {
    const ask = vi.fn<AskVault>();
    const nobody = parseTenancy([]);
    if (!nobody.ok) throw new Error('Nothing declared is no mistake');
    await compareVault(ask, { address: ADDRESS }, nobody.value);
    expect(ask).not.toHaveBeenCalled();
  });

  test('that holds more of ours is told so', async () => {
    const held = everything()
      .set('sys/policies/acl/sidekey-gone', {
        policy: '# Written by sidekey: what is changed here is lost.\n',
      })
      .set('auth/jwt/role/by-hand', { token_policies: ['default', 'sidekey-team-a'] });
    const { drifts } = await compare(storeOf(held));
    expect(drifts).toEqual([
      expect.objectContaining({ kind: 'extra', subject: 'policy sidekey-gone' }),
      expect.objectContaining({
        kind: 'extra',
        subject: 'role auth/jwt/role/by-hand',
        reason: 'it gives the policy sidekey-team-a, and no tenant declares it',
      }),
    ]);
  });

  test('that lacks something is told so, and whose it is', async () => {
    const held = everything();
    held.delete('auth/jwt/role/team-b');
    expect((await compare(storeOf(held))).drifts).toEqual([
      {
        destination: 'vault',
        subject: 'role auth/jwt/role/team-b',
        tenant: 'team-b',
        kind: 'missing',
        differences: [],
      },
    ]);
  });
});

describe('a store that answers nobody is asked no more, and says why:', () => {
  test.each<[string, StoreAnswer, string]>([
    ['sealed', answer(503, { errors: [`${CANARY} is sealed`] }), 'it is sealed, or not the active node'],
    ['busy', answer(429, { errors: [CANARY] }), 'it limits the rate of requests'],
    ['standing by', answer(307), 'it redirects (307), which is not followed'],
    ['broken', answer(500, { errors: [CANARY] }), 'it answers with 500'],
    [
      'something else',
      answer(400, { message: CANARY }),
      'it answers with 400, and not as a store does; check the address',
    ],
  ])('%s', async (_, reply, says) => {
    const ask = vi.fn<AskVault>(async () => reply);
    const { unanswered, compared, drifts } = await compare(ask);
    expect({ compared, drifts }).toEqual({ compared: 0, drifts: [] });
    expect(unanswered).toHaveLength(1);
    expect(unanswered[0]?.message).toContain(`Cannot ask the store at ${ADDRESS}: ${says}`);
    expect(unanswered[0]?.message).not.toContain(CANARY);
    // Those that were on their way when the first answer came.
    expect(ask.mock.calls.length).toBeLessThanOrEqual(4);
  });
});

test('what a token may not read is told once for each kind of path, and the rest is compared', async () => {
  const held = everything();
  const ask: AskVault = async (method, path) => {
    if (path.startsWith('auth/jwt')) return answer(403, { errors: [CANARY] });
    return path === 'auth/token/lookup-self' ? answer(200) : storeOf(held)(method, path);
  };
  const { compared, drifts, unanswered } = await compare(ask);
  expect({ compared, drifts }).toEqual({ compared: 2, drifts: [] });
  expect(unanswered.map(({ message }) => message)).toEqual([
    'Cannot list auth/jwt/role: the token may not; grant it "list" on "auth/jwt/role"',
    'Cannot read auth/jwt/role/team-a: the token may not; grant it "read" on "auth/jwt/role/*"; and 1 more of this kind',
  ]);
});
