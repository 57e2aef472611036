import { writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import type { FailureCode } from '../../../../agent/provider/errors.ts';
import type { Session } from '../../../../agent/provider/provider.ts';
import { createVaultProvider } from '../../../../agent/provider/vault/provider.ts';
import { Secret } from '../../../../agent/secret.ts';
import { mapAt } from '../../../../agent/value/value.ts';
import { answering, type FaultyServer, serve, storeAt } from '../http/faulty-server.ts';
import { matching, reading, tokenFile } from './fixtures.ts';

const NEVER = new AbortController().signal;

const session = ({ address }: FaultyServer): Session =>
  createVaultProvider(storeAt(address), { clock: systemClock }).resume(new Secret('s.token'), {
    kind: 'static',
  });

/** Answers `auth/token/lookup-self` with one body and everything else with a refusal. */
const refusing = (status: number, errors: string[], lookup: [number, string[]]): Promise<FaultyServer> =>
  serve((request, response) => {
    const [code, texts] = request.url === '/v1/auth/token/lookup-self' ? lookup : [status, errors];
    response.writeHead(code).end(JSON.stringify({ errors: texts }));
  });

describe('a status', () => {
  test.each<[number, FailureCode, boolean]>([
    [301, 'invalid_response', false],
    [307, 'sealed', true],
    [400, 'invalid_request', false],
    [404, 'not_found', false],
    [405, 'invalid_request', false],
    [412, 'server_error', true],
    [429, 'rate_limited', true],
    [472, 'sealed', true],
    [473, 'sealed', true],
    [500, 'server_error', true],
    [502, 'server_error', true],
    [503, 'sealed', true],
  ])('of %d is "%s", transient: %j', async (status, code, transient) => {
    await using server = await answering(status, '{"errors":["why"]}');
    await expect(session(server).read(reading('secret/data/app'), NEVER)).rejects.toMatchObject({
      name: 'ProviderError',
      code,
      transient,
    });
  });

  test('of 429 says how long to wait', async () => {
    await using server = await answering(429, '', { 'retry-after': '3' });
    await expect(session(server).read(reading('secret/data/app'), NEVER)).rejects.toMatchObject({
      retryAfterMs: 3000,
    });
  });
});

test.each(['', '{}', '{"data":null}', '{"data":"a"}', '{"status":"maintenance"}', '{"errors":["why"]}'])(
  'an answer of 200 that holds no secret is refused, for a file that is made of it would be empty: %s',
  async (body) => {
    await using server = await answering(200, body);
    await expect(session(server).read(reading('secret/data/app'), NEVER)).rejects.toMatchObject({
      code: 'invalid_response',
      message:
        'Cannot read secret/data/app: the answer holds no secret; check that the address is that of the store',
    });
  },
);

describe('a 403', () => {
  const policy = '1 error occurred:\n\t* permission denied\n\n';
  test.each<[string, number, string[], FailureCode]>([
    ['is the policy’s if the token can be looked up', 200, [], 'forbidden'],
    ['is the policy’s if even looking up is forbidden by it', 403, [policy], 'forbidden'],
    ['is a dead token’s if OpenBao knows no such token', 403, ['permission denied'], 'token_invalid'],
    [
      'is a dead token’s if Vault knows no such token',
      403,
      ['2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n'],
      'token_invalid',
    ],
    ['says nothing of the token if no store speaks, but a proxy', 403, [], 'forbidden'],
    ['says nothing of the token if the server is sealed meanwhile', 503, [], 'sealed'],
  ])('%s', async (_name, status, errors, code) => {
    await using server = await refusing(403, [policy], [status, errors]);
    await expect(session(server).read(reading('secret/data/app'), NEVER)).rejects.toMatchObject({ code });
  });
});

test.each(['[]', '"text"', 'null', '7'])('a body of %s is not what the API promises', async (body) => {
  await using server = await answering(200, body);
  await expect(session(server).read(reading('secret/data/app'), NEVER)).rejects.toMatchObject({
    code: 'invalid_response',
  });
});

test('a secret whose mount was made anew as one of the other version is found at the next look', async () => {
  let version = '1';
  await using server = await serve(({ url }, response) => {
    const data = url?.startsWith('/v1/sys/') ? { path: 'kv/', type: 'kv', options: { version } } : { a: 'b' };
    const isThere = url !== (version === '1' ? '/v1/kv/data/app' : '/v1/kv/app');
    response.writeHead(isThere ? 200 : 404).end(JSON.stringify({ data }));
  });
  const { read } = session(server);
  for (const next of ['1', '2', '1']) {
    version = next;
    await read(reading('kv/app'), NEVER).catch(() => undefined);
    await expect(read(reading('kv/app'), NEVER)).resolves.toMatchObject({ lifetime: { kind: 'polled' } });
  }
});

test('a wrapping token that is no good any more is told apart from a request that makes no sense', async () => {
  await using server = await refusing(400, ['wrapping token is not valid or does not exist'], [200, []]);
  const ref = { ...reading('sys/wrapping/unwrap'), operation: 'write', parameters: { token: 'w' } } as const;
  await expect(session(server).read(ref, NEVER)).rejects.toMatchObject({
    code: 'invalid_request',
    message: matching(
      /^Cannot write sys\/wrapping\/unwrap: the wrapping token has ended or was used already: /u,
    ),
  });
});

test('a folder that does not exist is an empty list', async () => {
  await using server = await answering(404, '{"errors":[]}');
  const ref = { ...reading('secret/metadata/none'), operation: 'list' } as const;
  const { value } = await session(server).read(ref, NEVER);
  expect(mapAt(value.reveal(), 'data')?.get('keys')).toEqual([]);
});

test.each([
  [404, '{"errors":["no handler for route \\"secret/metadata/none\\"."]}', 'not_found'],
  [404, '<html>', 'not_found'],
  [200, '{"status":"maintenance"}', 'invalid_response'],
] as const)('a list is not taken for empty where %d comes with %s', async (status, body, code) => {
  await using server = await answering(status, body);
  const ref = { ...reading('secret/metadata/none'), operation: 'list' } as const;
  await expect(session(server).read(ref, NEVER)).rejects.toMatchObject({ code });
});

test('a renewal that is refused is not asked for again, one that is not answered is', async () => {
  await using refused = await refusing(400, ['lease not found'], [200, []]);
  const lease = { kind: 'secret', id: 'database/creds/app/x' } as const;
  await expect(session(refused).renew(lease, NEVER)).rejects.toMatchObject({ code: 'lease_gone' });
  await expect(session(refused).renew({ kind: 'token' }, NEVER)).rejects.toMatchObject({
    code: 'token_invalid',
  });
  await using broken = await answering(500, '{}');
  await expect(session(broken).renew(lease, NEVER)).rejects.toMatchObject({ code: 'server_error' });
  await using other = await answering(200, '{"status":"maintenance"}');
  await expect(session(other).renew(lease, NEVER)).rejects.toMatchObject({ code: 'invalid_response' });
});

test('each login reads the token file anew, and sends it without its newline', async () => {
  const bodies: string[] = [];
  await using server = await serve((request, response) => {
    request.on('data', (chunk: Buffer) => bodies.push(chunk.toString()));
    request.on('end', () => response.end('{"auth":{"client_token":"s.token","lease_duration":60}}'));
  });
  await using token = await tokenFile('first\n');
  const auth = { method: 'kubernetes', path: 'auth/kubernetes', role: 'ml', tokenFile: token.file } as const;
  const provider = createVaultProvider(storeAt(server.address, { auth }), { clock: systemClock });
  await provider.login(NEVER);
  await writeFile(token.file, 'second\n');
  await provider.login(NEVER);
  expect(bodies).toEqual(['{"role":"ml","jwt":"first"}', '{"role":"ml","jwt":"second"}']);
});

test.each(['', 'two\\nlines', 'tökén'])('a login that grants %j grants no token', async (granted) => {
  await using server = await answering(200, `{"auth":{"client_token":"${granted}","lease_duration":60}}`);
  await using token = await tokenFile('first');
  const auth = { method: 'kubernetes', path: 'auth/kubernetes', role: 'ml', tokenFile: token.file } as const;
  const provider = createVaultProvider(storeAt(server.address, { auth }), { clock: systemClock });
  await expect(provider.login(NEVER)).rejects.toMatchObject({ code: 'invalid_response' });
});

test.each(['two\nlines', 'two words', 'tökén'])(
  'a file that holds %j has no token in it, and says so',
  async (text) => {
    await using server = await answering(200, '{}');
    await using token = await tokenFile(text);
    const auth = { method: 'token_file', tokenFile: token.file } as const;
    const provider = createVaultProvider(storeAt(server.address, { auth }), { clock: systemClock });
    await expect(provider.login(NEVER)).rejects.toMatchObject({
      code: 'login_refused',
      message: `Cannot use the token of ${token.file}: it is not one plain word, as a token is; write the token alone there`,
    });
    expect(server.connections()).toBe(0);
  },
);
