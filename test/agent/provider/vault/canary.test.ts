import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { inspect, promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { SecretRef } from '../../../../agent/provider/provider.ts';
import { createVaultProvider } from '../../../../agent/provider/vault/provider.ts';
import { Secret } from '../../../../agent/secret.ts';
import { answering, type FaultyServer, serveRaw, storeAt } from '../http/faulty-server.ts';
import { reading, tokenFile } from './fixtures.ts';

const CANARY = 'canary-7f3a91';
const NEVER = new AbortController().signal;
const BODY = JSON.stringify({
  errors: [`permission denied for ${CANARY}`],
  data: CANARY,
  auth: { client_token: [CANARY] },
});

/** Everything of an error that could reach a log: its text, its fields, its causes. */
function everythingOf(error: unknown): string {
  const causes: unknown[] = [];
  for (let next: unknown = error; next instanceof Error; next = next.cause) causes.push(next);
  return causes
    .map((cause) => {
      const shown = inspect(cause, { depth: Infinity, showHidden: true, maxStringLength: Infinity });
      return `${String(cause)}\n${shown}\n${JSON.stringify(cause, Object.getOwnPropertyNames(cause))}`;
    })
    .join('\n');
}

/** Tries everything that a session can do against a server, with the canary in every secret place. */
async function failures(server: FaultyServer): Promise<readonly string[]> {
  await using token = await tokenFile(`${CANARY}\n`);
  const auth = { method: 'kubernetes', path: 'auth/kubernetes', role: 'ml', tokenFile: token.file } as const;
  const provider = createVaultProvider(storeAt(server.address, { auth }), {
    clock: { now: () => 0, sleep: async () => undefined },
  });
  const session = provider.resume(new Secret(CANARY), { kind: 'static' });
  const write: SecretRef = { ...reading('pki/issue/web'), operation: 'write', parameters: { key: CANARY } };
  const lease = { kind: 'secret', id: `database/creds/app/${CANARY}` } as const;
  const attempts = await Promise.allSettled([
    provider.login(NEVER),
    session.read(reading('secret/data/app'), NEVER),
    session.read(reading('secret/app'), NEVER),
    session.read(write, NEVER),
    session.renew({ kind: 'token' }, NEVER),
    session.renew(lease, NEVER),
    session.revoke({ kind: 'token' }, NEVER),
    session.revoke(lease, NEVER),
  ]);
  return attempts.flatMap((attempt) => (attempt.status === 'rejected' ? [everythingOf(attempt.reason)] : []));
}

test.each([301, 307, 400, 403, 404, 412, 418, 429, 500, 502, 503])(
  'no secret is in the errors of a status of %d',
  async (status) => {
    await using server = await answering(status, BODY, { 'x-canary': CANARY, location: `/${CANARY}` });
    const found = await failures(server);
    expect(found).toHaveLength(8);
    expect(found.join('\n')).not.toContain(CANARY);
  },
);

test.each([
  ['is not JSON', `HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{"token": ${CANARY}`],
  ['is no object', `HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n"${CANARY}"`],
  ['is cut', `HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{"token":"${CANARY}"`],
  ['is not HTTP', `${CANARY} is not a protocol\r\n\r\n`],
  ['has a broken header', `HTTP/1.1 200 OK\r\n${CANARY}\r\n\r\n`],
])('no secret is in the errors when the answer %s', async (_name, answer) => {
  await using server = await serveRaw((socket) => {
    socket.once('data', () => socket.end(answer));
  });
  const found = await failures(server);
  expect(found).toHaveLength(8);
  expect(found.join('\n')).not.toContain(CANARY);
});

test('nothing is printed, though the environment asks node-vault to', async () => {
  await using server = await answering(200, BODY);
  await using token = await tokenFile(CANARY);
  const script = fileURLToPath(new URL('./one-login.ts', import.meta.url));
  const run = promisify(execFile)(process.execPath, [script, server.address, token.file], {
    env: { DEBUG: '*' },
  });
  await expect(run).resolves.toEqual({ stdout: 'invalid_response\n', stderr: '' });
});
