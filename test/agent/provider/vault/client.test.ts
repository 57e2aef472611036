import { afterEach, expect, test, vi } from 'vitest';
import { createClient } from '../../../../agent/provider/vault/client.ts';
import { Secret } from '../../../../agent/secret.ts';
import type { Clock } from '#platform/clock.ts';
import { answering, serve, storeAt } from '../http/faulty-server.ts';

const NEVER = new AbortController().signal;

/** Notes the waits instead of waiting. */
function impatient(): Clock & { readonly waits: number[] } {
  const waits: number[] = [];
  return {
    waits,
    now: () => 0,
    sleep: async (ms) => {
      waits.push(ms);
    },
  };
}

afterEach(() => {
  vi.unstubAllEnvs();
});

test('a node that lags behind (412) is asked again, three times at most', async () => {
  let asked = 0;
  await using server = await serve((_request, response) => {
    asked += 1;
    response.writeHead(asked < 3 ? 412 : 200).end('{}');
  });
  const clock = impatient();
  const client = createClient(storeAt(server.address), clock);
  await expect(client({ method: 'GET', path: 'a' }, NEVER)).resolves.toMatchObject({ status: 200 });
  expect(clock.waits).toEqual([100, 300]);

  await using stubborn = await answering(412, '{}');
  const other = createClient(storeAt(stubborn.address), impatient());
  await expect(other({ method: 'GET', path: 'a' }, NEVER)).resolves.toMatchObject({ status: 412 });
});

test('what one answer reflects is demanded of the next', async () => {
  const seen: unknown[] = [];
  await using server = await serve((request, response) => {
    seen.push(request.headers['x-vault-index']);
    response.writeHead(200, seen.length === 1 ? { 'x-vault-index': 'one' } : {}).end('{}');
  });
  const client = createClient(storeAt(server.address), impatient());
  for (let round = 0; round < 3; round += 1) await client({ method: 'GET', path: 'a' }, NEVER);
  expect(seen).toEqual([undefined, 'one', 'one']);
});

test('what a store cannot reflect any more, for it was put back to an earlier state, is not demanded for ever', async () => {
  const seen: unknown[] = [];
  await using server = await serve((request, response) => {
    seen.push(request.headers['x-vault-index']);
    if (seen.length === 1) response.writeHead(200, { 'x-vault-index': 'lost' }).end('{}');
    else response.writeHead(request.headers['x-vault-index'] === 'lost' ? 412 : 200).end('{}');
  });
  const client = createClient(storeAt(server.address), impatient());
  const statuses: number[] = [];
  for (let round = 0; round < 3; round += 1)
    statuses.push((await client({ method: 'GET', path: 'a' }, NEVER)).status);
  expect(statuses).toEqual([200, 412, 200]);
  expect(seen).toEqual([undefined, 'lost', 'lost', 'lost', 'lost', undefined]);
});

test('the environment’s token, namespace, prefix and address are not taken', async () => {
  vi.stubEnv('VAULT_TOKEN', 'from-environment');
  vi.stubEnv('VAULT_NAMESPACE', 'from-environment');
  vi.stubEnv('VAULT_PREFIX', '/from-environment');
  vi.stubEnv('VAULT_ADDR', 'http://from-environment.invalid');
  let seen = '';
  await using server = await serve((request, response) => {
    seen = JSON.stringify([request.url, request.headers]);
    response.end('{}');
  });
  const client = createClient(storeAt(server.address), impatient());
  await client({ method: 'PUT', path: 'auth/kubernetes/login', body: {} }, NEVER);
  expect(seen).toContain('"/v1/auth/kubernetes/login"');
  expect(seen).not.toContain('from-environment');
});

test('token, namespace and the mark of a Vault request go into headers', async () => {
  let headers: unknown;
  await using server = await serve((request, response) => {
    ({ headers } = request);
    response.end('{}');
  });
  const client = createClient(storeAt(server.address, { namespace: 'team/ml' }), impatient());
  await client({ method: 'GET', path: 'a', token: new Secret('s.token') }, NEVER);
  expect(headers).toMatchObject({
    'x-vault-token': 's.token',
    'x-vault-namespace': 'team/ml',
    'x-vault-request': 'true',
  });
});

test('an address may have a path of its own, as behind a proxy', async () => {
  let url: string | undefined;
  await using server = await serve((request, response) => {
    ({ url } = request);
    response.end('{}');
  });
  const client = createClient(storeAt(`${server.address}/vault/`), impatient());
  await client({ method: 'GET', path: 'secret/data/a?version=3' }, NEVER);
  expect(url).toBe('/vault/v1/secret/data/a?version=3');
});
