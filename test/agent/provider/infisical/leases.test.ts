import { describe, expect, test } from 'vitest';
import type { Reading, SecretRef } from '../../../../agent/provider/provider.ts';
import { isValueMap, stringAt } from '../../../../agent/value/value.ts';
import type { DynamicSecret } from '../../../servers/infisical/leases.ts';
import { containing } from '../vault/fixtures.ts';
import { NEVER } from './stage.ts';
import { stage, type World } from './world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const PLACE = 'app-x1/dev/backend';

const leaseOf = (parameters: Record<string, string> = {}, path = PLACE): SecretRef => ({
  store: 'infisical',
  operation: 'write',
  path,
  parameters: { dynamicSecret: 'pg', ...parameters },
});

/** A server with a licence and a dynamic secret "pg". */
async function leasing(terms: Partial<DynamicSecret> = {}): Promise<World> {
  const world = await stage({}, { licensed: true });
  const folder = world.fake.projects.folder(world.project, 'dev', '/backend');
  world.fake.leases.define(folder, { name: 'pg', ...terms });
  return world;
}

const secretLease = ({ leaseId = '' }: Reading) => ({ kind: 'secret', id: leaseId }) as const;

/** By the server's clock, which is told in whole seconds. */
function expectAbout(ms: number, expected: number): void {
  expect(ms).toBeGreaterThanOrEqual(expected - 2000);
  expect(ms).toBeLessThanOrEqual(expected + 2000);
}

function ttlOf({ lifetime }: Pick<Reading, 'lifetime'>): number {
  expect(lifetime).toMatchObject({ kind: 'leased', lasting: true });
  return 'ttlMs' in lifetime ? lifetime.ttlMs : 0;
}

describe('a lease of a dynamic secret', () => {
  test('is made with the credentials, for as long as the server says', async () => {
    await using world = await leasing();
    const reading = await world.session.read(leaseOf(), NEVER);
    const data = reading.value.reveal().get('data');
    expect(isValueMap(data) ? stringAt(data, 'DB_PASSWORD') : '').toMatch(/\w/u);
    expect(reading.lifetime).toMatchObject({ kind: 'leased', renewable: true, lasting: true });
    expectAbout(ttlOf(reading), HOUR);
    expect(world.fake.leases.living).toHaveLength(1);
  });

  test('is as long as the template asks for', async () => {
    await using world = await leasing();
    expectAbout(ttlOf(await world.session.read(leaseOf({ ttl: '15m' }), NEVER)), 15 * MINUTE);
  });

  test.each([
    ['the answer’s date', true],
    ['the lease’s own, where a proxy drops that', false],
  ])('ends by the server’s clock, whatever ours says: %s', async (_, tellsTime) => {
    await using world = await leasing();
    world.fake.advance(1000 * HOUR);
    world.fake.tellsTime = tellsTime;
    const session = await world.provider.login(NEVER);
    expectAbout(ttlOf(await session.read(leaseOf(), NEVER)), HOUR);
  });

  test('is renewed by what has passed: the server adds to the end', async () => {
    await using world = await leasing();
    const reading = await world.session.read(leaseOf(), NEVER);
    for (let round = 0; round < 5; round += 1) {
      world.fake.advance(HOUR / 2);
      const session = await world.provider.login(NEVER);
      expectAbout(ttlOf({ lifetime: await session.renew(secretLease(reading), NEVER) }), HOUR);
    }
    const [id = ''] = world.fake.leases.living;
    expectAbout(world.fake.leases.left(id), HOUR);
  });

  test('is renewed by a minute at least, for the server takes no less', async () => {
    await using world = await leasing({ defaultTtl: '1m' });
    const reading = await world.session.read(leaseOf(), NEVER);
    world.fake.advance(MINUTE / 2);
    expectAbout(ttlOf({ lifetime: await world.session.renew(secretLease(reading), NEVER) }), 1.5 * MINUTE);
  });

  test('is renewed and revoked by another process, under another token', async () => {
    await using world = await leasing();
    const reading = await world.session.read(leaseOf(), NEVER);
    await world.session.revoke({ kind: 'token' }, NEVER);
    const next = await world.provider.login(NEVER);
    world.fake.advance(HOUR / 2);
    expectAbout(ttlOf({ lifetime: await next.renew(secretLease(reading), NEVER) }), HOUR);
    await next.revoke(secretLease(reading), NEVER);
    expect(world.fake.leases.living).toEqual([]);
  });

  test.each([
    ['its maximum is met', { maxTtl: '80m' }, HOUR / 2],
    ['it has ended', {}, 2 * HOUR],
  ])('is gone when %s: only another one helps', async (_, terms, ms) => {
    await using world = await leasing(terms);
    const reading = await world.session.read(leaseOf(), NEVER);
    world.fake.advance(ms);
    const session = await world.provider.login(NEVER);
    await expect(session.renew(secretLease(reading), NEVER)).rejects.toMatchObject({ code: 'lease_gone' });
  });

  test('whose id is not one of ours is gone', async () => {
    await using world = await leasing();
    for (const id of ['', 'x', '[]', '["a","b","/","c","d"]'])
      await expect(world.session.renew({ kind: 'secret', id }, NEVER)).rejects.toMatchObject({
        code: 'lease_gone',
      });
  });

  test('cannot be prolonged where the credential has an end of its own', async () => {
    await using world = await leasing({ type: 'kubernetes' });
    const { lifetime } = await world.session.read(leaseOf(), NEVER);
    expect(lifetime).toMatchObject({ renewable: false, lasting: true });
  });

  test('that cannot be revoked at once is said to end later; one that is gone is revoked', async () => {
    await using world = await leasing();
    const reading = await world.session.read(leaseOf(), NEVER);
    world.fake.leases.sticky = true;
    await expect(world.session.revoke(secretLease(reading), NEVER)).rejects.toMatchObject({
      code: 'server_error',
      message: containing('goes on trying by itself'),
    });
    world.fake.leases.sticky = false;
    await world.session.revoke(secretLease(reading), NEVER);
    await expect(world.session.revoke(secretLease(reading), NEVER)).resolves.toBeUndefined();
  });
});

describe('a lease is refused', () => {
  test('without a licence, and no waiting helps', async () => {
    await using world = await stage();
    await expect(world.session.read(leaseOf(), NEVER)).rejects.toMatchObject({
      code: 'forbidden',
      transient: false,
      message: containing('no licence for dynamic secrets'),
    });
  });

  test.each([
    ['a project by its id', (world: World) => leaseOf({}, `${world.project.id}/dev/backend`), 'by the slug'],
    [
      'a dynamic secret that is not there',
      () => leaseOf({ dynamicSecret: 'none' }),
      'no such dynamic secret',
    ],
    ['a folder that is not there', () => leaseOf({}, 'app-x1/dev/none'), 'no such dynamic secret'],
    ['a TTL that is too short', () => leaseOf({ ttl: '30s' }), 'a minute or more'],
    ['a TTL that is too long', () => leaseOf({ ttl: '2d' }), 'longer than the dynamic secret allows'],
    ['a place that climbs', () => leaseOf({}, 'app-x1/dev/..'), 'must not be'],
  ])('of %s', async (_, ref, fact) => {
    await using world = await leasing();
    await expect(world.session.read(ref(world), NEVER)).rejects.toMatchObject({
      transient: false,
      message: containing(fact),
    });
    expect(world.fake.leases.living).toEqual([]);
  });

  test('to a stranger', async () => {
    await using world = await leasing();
    world.identity.projects.clear();
    await expect(world.session.read(leaseOf(), NEVER)).rejects.toMatchObject({ code: 'forbidden' });
  });
});
