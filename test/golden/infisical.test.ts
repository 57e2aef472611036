import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Identity } from '../servers/infisical/identities.ts';
import { recordedWorld } from '../servers/infisical/recorded-world.ts';
import { FAULTS } from '../servers/infisical/faults.ts';
import { REFUSALS } from '../servers/infisical/refusals.ts';
import type { FakeInfisical } from '../servers/infisical/server.ts';

interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface Recording {
  readonly request: Message & { readonly method: string; readonly path: string };
  readonly response: Message & { readonly status: number };
}

const FOLDER = new URL('./infisical/', import.meta.url);
const NAMES = readdirSync(FOLDER).map((file) => file.replace('.json', ''));
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8'));
const recording = (name: string): Recording => read(name) as Recording;

/** Recordings that are no request and its answer. A new one is replayed, and fails, until it is said here what it is. */
const OTHERS: Readonly<Record<string, string>> = {
  '91-etag-semantics': 'a protocol of steps, taken below',
};

const UNKNOWN = '00000000-0000-4000-8000-000000000000';

/**
 * What the server had been through when it gave the answer; nothing in particular for those that are not here. Gives the
 * entity tag to send, if it is not the present one.
 */
const BEFORE: Readonly<Record<string, (fake: FakeInfisical, identity: Identity, token: string) => Promise<string | void> | void>> = {
  '99-lockout-bad-login-4': (fake, identity) => failLogins(fake, identity, 3),
  '100-lockout-good-login-while-locked': (fake, identity) => failLogins(fake, identity, 3),
  '113-uses-limit-read-3': async (fake, identity, token) => {
    identity.usesLimit = 2;
    for (let use = 0; use < 2; use += 1) await list(fake, token);
  },
  '126-renew-max-reached': (fake) => fake.advance(2000),
  '64-revoked-token-use': (fake) => fake.identities.revokeAll(),
  '65-original-token-after-renewed-was-revoked': async (fake, _, token) => {
    const { accessToken } = (await post(fake, '/api/v1/auth/token/renew', { accessToken: token })) as Login;
    await post(fake, '/api/v1/auth/token/revoke', { accessToken });
  },
  '66-token-renew-revoked': (fake) => fake.identities.revokeAll(),
  '69-expired-token-use': (fake) => fake.advance(3_600_000),
  '70-expired-token-renew': (fake) => fake.advance(3_600_000),
  '75-etag-after-update-with-old-etag': async (fake, _, token) => {
    const before = await list(fake, token);
    const folder = fake.projects.folder(fake.projects.bySlug('app-x1'), 'dev', '/');
    fake.projects.put(folder, 'API_KEY', 'abc124');
    return before.headers.get('etag') ?? '';
  },
};

const GARBAGE = new Set(['38-v4-list-garbage-token', '62-token-renew-garbage']);

describe('the fake server answers as the real one did', () => {
  test.each(NAMES.filter((name) => !(name in OTHERS)))('%s', async (name) => {
    const { request, response } = recording(name);
    await using world = await recordedWorld(identityOf({ request, response }));
    const { fake, identity } = world;
    const credentials = { clientId: identity.clientId, clientSecret: identity.clientSecret };
    const login = (await post(fake, '/api/v1/auth/universal-auth/login', credentials)) as Login;
    const token = GARBAGE.has(name) ? 'garbage' : login.accessToken;
    const tag = await BEFORE[name]?.(fake, identity, token);
    const answer = await replay(fake, request, token, tag);
    expect(answer.status).toBe(response.status);
    expect(shapeOf(answer.body)).toEqual(shapeOf(response.body));
    expect(told(answer.body)).toEqual(told(response.body));
    expect(answer.headers.has('etag')).toBe('etag' in response.headers || name.startsWith('128'));
  });
});

test('the recordings are there', () => {
  expect(NAMES.length).toBeGreaterThan(60);
  expect(NAMES).toEqual(expect.arrayContaining(Object.keys(OTHERS)));
});

describe('every fault of the fake server says where it was seen', () => {
  const seen = [...Object.entries(REFUSALS), ...Object.entries(FAULTS)];
  const unrecorded = seen.flatMap(([name, { from }]) => ('source' in from ? [[name, from.source] as const] : []));
  const recorded = Object.values(REFUSALS).flatMap((kind) =>
    'recording' in kind.from ? [{ ...kind, name: kind.from.recording }] : [],
  );

  test.each(recorded)('$name', ({ name, status, error, message }) => {
    const { response } = recording(name);
    const body = response.body as { readonly error: string; readonly message: unknown };
    expect({ status: response.status, error: body.error }).toEqual({ status, error });
    const words = JSON.stringify(message('<1>', '<2>')).replaceAll(/[$()*+.?[\\\]^{|}]/gu, '\\$&');
    expect(JSON.stringify(body.message)).toMatch(new RegExp(`^${words.replaceAll(/<[12]>/gu, '.+')}$`, 'u'));
  });

  test.each(unrecorded)('%s: %s', (_, source) => {
    expect(source).toMatch(/\.ts$|^any |^a cache/u);
  });
});

interface Login {
  readonly accessToken: string;
}

/** The identity that the request or the answer speaks of. */
function identityOf({ request, response }: Recording): Partial<Identity> {
  const asked = (request.body ?? {}) as Readonly<Record<string, string>>;
  const granted = (response.body as Partial<Login>).accessToken;
  const claims = granted === undefined ? {} : claimsOf(granted);
  return {
    ...(asked['clientId'] && asked['clientId'] !== UNKNOWN ? { clientId: asked['clientId'] } : {}),
    ...(asked['identityId'] && asked['identityId'] !== UNKNOWN ? { id: asked['identityId'] } : {}),
    ttl: claims['accessTokenTTL'] ?? 3600,
    maxTtl: claims['accessTokenMaxTTL'] ?? 7200,
    period: claims['accessTokenPeriod'] ?? 0,
  };
}

const claimsOf = (token: string): Readonly<Record<string, number>> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, number>;

/** Sends the request with a token of this server; an entity tag stands for the present or another one. */
async function replay(fake: FakeInfisical, request: Recording['request'], token: string, known: string | void) {
  const { authorization, 'if-none-match': tag, ...headers } = request.headers;
  const present = tag === '"stale"' ? tag : (known ?? (await tagOf(fake, request, token)));
  const body = request.body as Readonly<Record<string, unknown>> | undefined;
  const sent = body && 'accessToken' in body ? { ...body, accessToken: token } : body;
  const answer = await fetch(`${fake.address}${request.path}`, {
    method: request.method,
    headers: {
      ...headers,
      ...(authorization === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(tag === undefined ? {} : { 'if-none-match': weakened(tag, present) }),
    },
    ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text === '' ? '' : (JSON.parse(text) as unknown) };
}

const weakened = (recorded: string, tag: string): string => (recorded.startsWith('W/') ? `W/${tag}` : tag);

async function tagOf(fake: FakeInfisical, { path }: Recording['request'], token: string): Promise<string> {
  const answer = await fetch(`${fake.address}${path}`, { headers: { authorization: `Bearer ${token}` } });
  return answer.headers.get('etag') ?? '';
}

async function post(fake: FakeInfisical, path: string, body: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(fake.address + path, { method: 'POST', headers, body: JSON.stringify(body) });
  return await answer.json();
}

const list = (fake: FakeInfisical, token: string): Promise<Response> =>
  fetch(`${fake.address}/api/v4/secrets?projectId=${fake.projects.bySlug('app-x1').id}&environment=dev`, {
    headers: { authorization: `Bearer ${token}` },
  });

async function failLogins(fake: FakeInfisical, { clientId }: Identity, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1)
    await post(fake, '/api/v1/auth/universal-auth/login', { clientId, clientSecret: 'wrong' });
}

/** The types of a value, by its paths; of a list only those of all its items together. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return [...new Set(value.map((item) => JSON.stringify(shapeOf(item))))].toSorted();
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [key, shapeOf(item)] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** What has to be the same word for word: refusals, numbers of a login, names and values of secrets. */
function told(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body;
  const { error, message, expiresIn, accessTokenMaxTTL, secrets, secret, folders } = body as Record<string, unknown>;
  const plain = (items: unknown): unknown =>
    Array.isArray(items)
      ? items.map(({ secretKey, secretValue, secretPath }: Record<string, unknown>) => [
          secretKey,
          secretValue,
          secretPath,
        ])
      : items;
  const named = (folders as readonly { name: string; relativePath: string }[] | undefined)?.map(
    ({ name, relativePath }) => [name, relativePath],
  );
  return [error, message, expiresIn, accessTokenMaxTTL, plain(secrets), plain(secret && [secret]), named];
}
