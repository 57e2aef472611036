import { describe, expect, test } from 'vitest';
import { recordedWorld, type RecordedWorld } from '../../../servers/infisical/recorded-world.ts';
import { containing } from '../vault/fixtures.ts';
import { folder, type Lent, lend, NEVER } from './stage.ts';
import { ROOT, stage } from './world.ts';

const kubernetes = ({ fake, identity }: RecordedWorld, token: string): Promise<Lent> =>
  lend({ address: fake.address, account: { identity: identity.id, token } });

describe('a login', () => {
  test('by Kubernetes auth takes the life of the token from the token, not from what is told beside it', async () => {
    await using world = await recordedWorld({ ttl: 0, maxTtl: 0 });
    await using lent = await kubernetes(world, 'sa:default:web');
    const { lifetime } = await lent.provider.login(NEVER);
    expect(lifetime).toEqual({ kind: 'leased', ttlMs: 7_776_000_000, renewable: true });
  });

  test.each([
    ['garbage', 'does not accept the service-account token'],
    ['sa:kube-system:web', 'does not allow the namespace'],
    ['sa:team-a:other', 'does not allow the service account'],
    ['sa:team-a:web:elsewhere', 'allows another audience than the token has'],
  ])('by Kubernetes auth as %s is refused with what to change', async (token, fact) => {
    const kubernetesAuth = { namespaces: ['default', 'team-a'], names: ['web'], audience: 'infisical' };
    await using world = await recordedWorld({ kubernetes: kubernetesAuth });
    await using lent = await kubernetes(world, token);
    await expect(lent.provider.login(NEVER)).rejects.toMatchObject({
      code: 'login_refused',
      message: containing(fact),
      retryAfterMs: 10_000,
    });
  });

  test('of an unknown identity is refused', async () => {
    await using world = await recordedWorld();
    await using lent = await lend({
      address: world.fake.address,
      account: { identity: 'nobody', token: 'sa:default:web' },
    });
    await expect(lent.provider.login(NEVER)).rejects.toMatchObject({
      code: 'login_refused',
      message: containing('no such identity'),
    });
  });

  test('with a wrong client secret asks for a pause that locks nobody out', async () => {
    await using world = await stage();
    await world.prove('wrong');
    await expect(world.provider.login(NEVER)).rejects.toMatchObject({
      code: 'login_refused',
      transient: false,
      retryAfterMs: 60_000,
    });
  });

  test('while the identity is locked says so and waits until it is not', async () => {
    await using world = await stage();
    await world.prove('wrong');
    for (let time = 0; time < 3; time += 1) await world.provider.login(NEVER).catch(() => undefined);
    await world.prove(world.identity.clientSecret);
    await expect(world.provider.login(NEVER)).rejects.toMatchObject({
      code: 'login_refused',
      message: containing('locked'),
      retryAfterMs: 300_000,
    });
    world.fake.advance(300_000);
    await expect(world.provider.login(NEVER)).resolves.toHaveProperty('token');
  });

  test('reads the client secret anew, and says which file it misses', async () => {
    await using world = await stage();
    await world[Symbol.asyncDispose]();
    await expect(world.provider.login(NEVER)).rejects.toMatchObject({
      code: 'login_refused',
      message: containing('ENOENT'),
    });
  });
});

describe('a token', () => {
  test('is replaced by its renewal, and the new one is used from then on', async () => {
    await using world = await stage({ ttl: 60 });
    const first = world.session.token.reveal();
    world.fake.advance(40_000);
    expect(await world.session.renew({ kind: 'token' }, NEVER)).toMatchObject({ ttlMs: 60_000 });
    expect(world.session.token.reveal()).not.toBe(first);
    world.fake.advance(40_000);
    await expect(world.session.read(folder(ROOT), NEVER)).resolves.toHaveProperty('value');
  });

  test('that met its maximum is granted less, and then no more', async () => {
    await using world = await stage({ ttl: 60, maxTtl: 90 });
    world.fake.advance(50_000);
    expect(await world.session.renew({ kind: 'token' }, NEVER)).toMatchObject({ ttlMs: 40_000 });
    world.fake.advance(39_500);
    await world.session.renew({ kind: 'token' }, NEVER).catch(() => undefined);
    world.fake.advance(1000);
    await expect(world.session.renew({ kind: 'token' }, NEVER)).rejects.toMatchObject({
      code: 'token_invalid',
    });
  });

  test.each([
    ['expired (403)', ({ fake }: RecordedWorld) => fake.advance(3_600_000)],
    ['revoked (401)', ({ fake }: RecordedWorld) => fake.identities.revokeAll()],
    ['used up (401)', ({ identity }: RecordedWorld) => (identity.usesLimit = 1)],
  ])('that is %s makes the session invalid', async (_, end) => {
    await using world = await stage();
    await world.session.read(folder(ROOT), NEVER);
    end(world);
    await expect(world.session.read(folder(ROOT), NEVER)).rejects.toMatchObject({
      code: 'token_invalid',
      transient: true,
    });
  });

  test('is revoked together with those it was renewed from', async () => {
    await using world = await stage();
    const old = world.provider.resume(world.session.token, world.session.lifetime);
    await world.session.renew({ kind: 'token' }, NEVER);
    await world.session.revoke({ kind: 'token' }, NEVER);
    for (const session of [old, world.session])
      await expect(session.read(folder(ROOT), NEVER)).rejects.toMatchObject({ code: 'token_invalid' });
  });
});
