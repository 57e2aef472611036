import { beforeAll, describe, expect, test } from 'vitest';
import { createPauses } from '../../../../agent/provider/http/pauses.ts';
import type { ServerCertificate } from '../../../../deploy/kubernetes/certificate.ts';
import { loopbackCertificate } from '../../../servers/certificate.ts';
import { eventually } from '../../../servers/eventually.ts';
import { recordedWorld } from '../../../servers/infisical/recorded-world.ts';
import { serveRaw } from '../http/faulty-server.ts';
import { containing } from '../vault/fixtures.ts';
import { folder, lend, NEVER } from './stage.ts';
import { ROOT, stage } from './world.ts';

/** Of a request, where only its end tells of the fault. */
const BRIEF_MS = 1000;

describe('a fault on the way', () => {
  test.each([
    ['cut', 'unreachable'],
    ['silent', 'timeout'],
    ['stalled', 'timeout'],
    ['trickling', 'timeout'],
    ['broken_body', 'invalid_response'],
    ['wrong_type', 'invalid_response'],
    ['redirected', 'invalid_response'],
    ['oversized', 'too_large'],
    ['bad_gateway', 'server_error'],
  ] as const)('%s is %s, at a login as at a read and a renewal', async (fault, code) => {
    await using world = await stage({}, {}, code === 'timeout' ? BRIEF_MS : undefined);
    await world.session.read(folder(ROOT), NEVER);
    world.fake.fault = fault;
    await expect(world.session.read(folder(ROOT), NEVER)).rejects.toMatchObject({ code });
    await expect(world.provider.login(NEVER)).rejects.toMatchObject({ code });
    await expect(world.session.renew({ kind: 'token' }, NEVER)).rejects.toHaveProperty('code');
    world.fake.fault = undefined;
    await expect(world.session.read(folder(ROOT), NEVER)).resolves.toHaveProperty('value');
  });

  test('an answer that nothing has changed, where nothing is known, is no answer', async () => {
    await using world = await stage();
    world.fake.fault = 'unasked_304';
    await expect(world.session.read(folder(`${world.project.id}/dev`), NEVER)).rejects.toMatchObject({
      code: 'invalid_response',
      message: containing('is there a cache in between?'),
    });
  });

  test('a connection that never comes about is over in time', async () => {
    await using server = await serveRaw(() => undefined);
    const address = server.address.replace('http:', 'https:');
    await using lent = await lend({ address, client: { id: 'a', secret: 'b' }, timeoutMs: 100 });
    await expect(lent.provider.login(NEVER)).rejects.toMatchObject({ code: 'timeout' });
  });

  test('nothing outlasts its caller, be it not begun or in the middle of an answer', async () => {
    await using world = await stage();
    world.fake.fault = 'silent';
    const reason = new Error('shutting down');
    await expect(world.session.read(folder(ROOT), AbortSignal.abort(reason))).rejects.toBe(reason);
    world.fake.fault = 'trickling';
    const caller = new AbortController();
    const begun = world.fake.count('trickling');
    const read = world.session.read(folder(ROOT), caller.signal).catch((error: unknown) => error);
    await eventually('an answer under way', 5000, async () => {
      await Promise.resolve();
      expect(world.fake.count('trickling')).toBeGreaterThan(begun);
    });
    caller.abort(reason);
    expect(await read).toBe(reason);
  });
});

describe('a limit of the rate', () => {
  test.each(['rate_limited', 'rate_limited_in_words'] as const)(
    'holds for every request until the pause is over: %s',
    async (fault) => {
      await using world = await stage();
      world.fake.fault = fault;
      await expect(world.session.read(folder(ROOT), NEVER)).rejects.toMatchObject({
        code: 'rate_limited',
        retryAfterMs: 7000,
      });
      world.fake.fault = undefined;
      const asked = world.fake.log.length;
      world.wait(5000);
      for (const ask of [
        () => world.provider.login(NEVER),
        () => world.session.read(folder(ROOT), NEVER),
        () => world.session.renew({ kind: 'token' }, NEVER),
      ])
        await expect(ask()).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 2000 });
      expect(world.fake.log.length).toBe(asked);
      world.wait(2000);
      await expect(world.session.read(folder(ROOT), NEVER)).resolves.toHaveProperty('value');
    },
  );

  test('holds for every provider of the process at that address, whoever it logs in as', async () => {
    await using world = await recordedWorld();
    const { fake, identity } = world;
    const pauses = createPauses();
    const client = { id: identity.clientId, secret: identity.clientSecret };
    await using one = await lend({ address: fake.address, client, pauses });
    const account = { identity: identity.id, token: 'sa:default:web' };
    await using other = await lend({ address: `${fake.address}/`, account, pauses });
    fake.fault = 'rate_limited';
    await expect(one.provider.login(NEVER)).rejects.toMatchObject({ code: 'rate_limited' });
    fake.fault = undefined;
    await expect(other.provider.login(NEVER)).rejects.toMatchObject({ code: 'rate_limited' });
    expect(fake.log).toEqual(['POST /api/v1/auth/universal-auth/login rate_limited']);
  });

  test('is kept for five minutes at most, whatever the server asks for', () => {
    const pauses = createPauses();
    pauses.note('https://infisical.example', 86_400_000, 1000);
    expect(pauses.left('https://infisical.example/', 1000)).toBe(300_000);
    expect(pauses.left('https://other.example', 1000)).toBe(0);
  });
});

describe('an authority of its own', () => {
  let certificate: ServerCertificate;

  beforeAll(async () => {
    certificate = await loopbackCertificate();
  });

  test('is trusted if it is given', async () => {
    await using world = await recordedWorld({}, { tls: certificate });
    const { fake, identity } = world;
    const client = { id: identity.clientId, secret: identity.clientSecret };
    await using lent = await lend({ address: fake.address, client, caPem: certificate.caPem });
    const session = await lent.provider.login(NEVER);
    await expect(session.read(folder(ROOT), NEVER)).resolves.toHaveProperty('value');
  });

  test('is refused if it is not, and nothing is said to it', async () => {
    await using world = await recordedWorld({}, { tls: certificate });
    await using lent = await lend({ address: world.fake.address, client: { id: 'a', secret: 'b' } });
    await expect(lent.provider.login(NEVER)).rejects.toMatchObject({
      code: 'unreachable',
      message: containing('give the authority that signed it'),
    });
    expect(world.fake.log).toEqual([]);
  });
});
