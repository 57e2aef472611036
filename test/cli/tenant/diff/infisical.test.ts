import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import { compareInfisicalWith, readInfisicalAccess } from '../../../../cli/tenant/diff/infisical.ts';
import { readTenancy } from '../../../../cli/tenant/read.ts';
import { describePath } from '../../../../governance/diff/difference.ts';
import { infisicalObjects } from '../../../../governance/tenant/render.ts';
import { serve } from '../../../agent/provider/http/faulty-server.ts';
import { freePort } from '../../../servers/port.ts';

const CANARY = 'canary-7d1f';

const read = readTenancy([
  {
    file: 'tenants.yaml',
    text: `apiVersion: sidekey.dev/v1
kind: Platform
spec: {infisical: {address: https://infisical.example, kubernetesHost: https://10.96.0.1}}
---
apiVersion: sidekey.dev/v1
kind: Tenant
metadata: {name: team-a}
spec:
  namespaces: [team-a, team-a-dev]
  secrets:
    infisical:
      project: 7e2f1c0a-0000-4000-8000-000000000000
      identity: 6b5d3ae0-0000-4000-8000-000000000000
      environments: [{slug: prod, folder: /serving}]
      serviceAccounts: [team-a, batch]
`,
  },
]);
if (!read.ok) throw new Error(JSON.stringify(read.problems));
const TENANCY = read.value;

const [ROLE, MEMBERSHIP, LOGIN] = TENANCY.tenants.flatMap((tenant) => infisicalObjects(TENANCY, tenant));
if (!ROLE || !MEMBERSHIP || !LOGIN) throw new Error('A tenant is three things in Infisical');

/** As Infisical answers: in an object of one field, with more than was declared. */
const answers = (
  login: JsonObject = {},
  membership: JsonObject = {},
): Readonly<Record<string, JsonObject>> => ({
  [ROLE.path]: { role: { id: '1', version: 3, ...ROLE.body } },
  [MEMBERSHIP.path]: {
    identityMembership: {
      id: '2',
      roles: [{ id: '3', role: 'custom', customRoleSlug: 'sidekey-team-a', isTemporary: false }],
      ...membership,
    },
  },
  [LOGIN.path]: {
    identityKubernetesAuth: { id: '4', ...LOGIN.body, tokenReviewerJwt: CANARY, caCert: CANARY, ...login },
  },
});

async function compared(held: Readonly<Record<string, JsonObject>>, status = 404) {
  const asked: IncomingMessage[] = [];
  await using server = await serve((request, response) => {
    asked.push(request);
    const body = held[request.url ?? ''];
    response.writeHead(body === undefined ? status : 200).end(JSON.stringify(body ?? { message: CANARY }));
  });
  const outcome = await compareInfisicalWith({ address: server.address, token: `token-${CANARY}` }, TENANCY);
  return { ...outcome, asked, address: server.address };
}

const found = (outcome: Awaited<ReturnType<typeof compared>>): readonly string[] =>
  outcome.drifts.flatMap(({ kind, differences }) => [
    kind,
    ...differences.map((one) => `${one.kind} ${describePath(one.path)}`),
  ]);

describe('Infisical', () => {
  test('that holds what is declared is in step, whatever else it says', async () => {
    const outcome = await compared(answers());
    expect(outcome).toMatchObject({ compared: 3, drifts: [], unanswered: [] });
    expect(outcome.asked.map(({ method, headers }) => [method, headers.authorization])).toEqual(
      Array.from({ length: 3 }, () => ['GET', `Bearer token-${CANARY}`]),
    );
  });

  test('is in step if namespaces and accounts stand in another order', async () => {
    const login = { allowedNamespaces: 'team-a-dev, team-a', allowedNames: 'team-a,batch' };
    expect(found(await compared(answers(login)))).toEqual([]);
  });

  test('that lets more in is not', async () => {
    const login = { allowedNamespaces: 'team-a,team-a-dev,team-b', accessTokenTTL: 86_400 };
    const roles = [
      { role: 'custom', customRoleSlug: 'sidekey-team-a', isTemporary: false },
      { role: 'admin', isTemporary: false },
    ];
    const outcome = await compared(answers(login, { roles }));
    expect(found(outcome)).toEqual([
      'different',
      'extra roles[1]',
      'different',
      'changed allowedNamespaces',
      'changed accessTokenTTL',
    ]);
    expect(JSON.stringify(outcome.drifts)).not.toContain(CANARY);
  });

  test('that lacks all of it is told so', async () => {
    expect(found(await compared({}))).toEqual(['missing', 'missing', 'missing']);
    expect(found(await compared({}, 400))).toEqual(['missing', 'missing', 'missing']);
  });
});

describe('what it does not answer is told, without its words:', () => {
  test.each([
    [401, 1, 'it does not accept the token; has it expired?'],
    [403, 3, 'the identity of the token may not (403)'],
    [500, 3, 'it answers with 500'],
    [302, 3, 'it answers with 302'],
  ])('%d', async (status, times, says) => {
    const { compared: count, drifts, unanswered } = await compared({}, status);
    expect({ count, drifts }).toEqual({ count: 0, drifts: [] });
    expect(unanswered).toHaveLength(times);
    expect(unanswered[0]?.message).toContain(says);
    expect(JSON.stringify(unanswered)).not.toContain(CANARY);
  });

  test('nothing at all', async () => {
    const address = `http://127.0.0.1:${await freePort()}`;
    const { unanswered } = await compareInfisicalWith({ address, token: CANARY }, TENANCY);
    expect(unanswered).toEqual([
      { destination: 'infisical', message: `Cannot reach ${address}: ECONNREFUSED` },
    ]);
  });
});

test('address and token are of the environment, never of the declaration', () => {
  expect(readInfisicalAccess({ INFISICAL_ADDRESS: 'https://i.example/', INFISICAL_TOKEN: 't' })).toEqual({
    ok: true,
    value: { address: 'https://i.example', token: 't' },
  });
  const nothing = readInfisicalAccess({ INFISICAL_TOKEN: `${CANARY}\n${CANARY}` });
  expect(nothing).toMatchObject({ problems: [{ key: 'INFISICAL_ADDRESS' }, { key: 'INFISICAL_TOKEN' }] });
  expect(JSON.stringify(nothing)).not.toContain(CANARY);
});
