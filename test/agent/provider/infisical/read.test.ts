import { describe, expect, test } from 'vitest';
import type { Session } from '../../../../agent/provider/provider.ts';
import { containing } from '../vault/fixtures.ts';
import { folder, NEVER, one, valuesOf } from './stage.ts';
import { ROOT, stage } from './world.ts';

const OWN = ['API_KEY', 'DATABASE_URL', 'EMPTY_OK', 'MULTILINE', 'UNICODE'];

describe('reading', () => {
  test('merges imports as the official clients do: a folder’s own secret wins', async () => {
    await using world = await stage();
    const values = valuesOf(await world.session.read(folder(ROOT), NEVER));
    expect(Object.keys(values)).toEqual([...OWN, 'SHARED_TOKEN']);
    expect(values['API_KEY']).toBe('abc123');
  });

  test('of two imports the last one wins', async () => {
    await using world = await stage();
    const { projects } = world.fake;
    projects.put(projects.createFolder(world.project, 'dev', '/later'), 'SHARED_TOKEN', 'later');
    projects.folder(world.project, 'dev', '/').imports.push({ environment: 'dev', path: '/later' });
    expect(valuesOf(await world.session.read(folder(ROOT), NEVER))['SHARED_TOKEN']).toBe('later');
    expect(valuesOf(await world.session.read(one(ROOT, 'SHARED_TOKEN'), NEVER))).toEqual({
      SHARED_TOKEN: 'later',
    });
  });

  test('of all folders below takes the secret of the shallowest, and says so', async () => {
    await using world = await stage();
    const reading = await world.session.read(folder(ROOT, { recursive: 'true' }), NEVER);
    expect(valuesOf(reading)).toMatchObject({ API_KEY: 'abc123', DB_PASSWORD: 'hunter2' });
    expect(reading.warnings).toEqual(['2 folders have a secret API_KEY; that of / is used']);
  });

  test('expands references, and warns of those that are left', async () => {
    await using world = await stage();
    expect(valuesOf(await world.session.read(one(`${ROOT}/backend`, 'DSN'), NEVER))).toEqual({
      DSN: 'postgres://app:hunter2@db/app',
    });
    const raw = folder(`${ROOT}/backend`, { expandSecretReferences: 'false' });
    const { warnings } = await world.session.read(raw, NEVER);
    expect(warnings).toEqual(['The value of DSN still holds a reference that was not expanded']);
  });

  test('finds a project by its id as well as by its slug, which it looks up once', async () => {
    await using world = await stage();
    const byId = await world.session.read(folder(`${world.project.id}/dev`), NEVER);
    expect(valuesOf(byId)).toEqual(valuesOf(await world.session.read(folder(ROOT), NEVER)));
    await world.session.read(one(ROOT, 'API_KEY'), NEVER);
    expect(world.fake.count('/api/v1/projects/slug/')).toBe(1);
  });

  test('fetches nothing twice: what has not changed is confirmed by 304, under another token, too', async () => {
    await using world = await stage();
    const before = await world.session.read(folder(ROOT), NEVER);
    const next: Session = await world.provider.login(NEVER);
    expect(await next.read(folder(ROOT), NEVER)).toBe(before);
    expect(world.fake.log.at(-1)).toBe('GET /api/v4/secrets 304');
  });

  test('an update that changes no value is the same answer', async () => {
    await using world = await stage();
    const before = await world.session.read(folder(ROOT), NEVER);
    const { projects } = world.fake;
    projects.put(projects.folder(world.project, 'dev', '/'), 'API_KEY', 'abc123');
    const after = await world.session.read(folder(ROOT), NEVER);
    expect(world.fake.log.at(-1)).toBe('GET /api/v4/secrets 200');
    expect(after.value.reveal()).toEqual(before.value.reveal());
  });

  test('never gives out the mask of a value that it may not see', async () => {
    await using world = await stage({ masks: () => true });
    for (const ref of [folder(ROOT), one(ROOT, 'API_KEY')])
      await expect(world.session.read(ref, NEVER)).rejects.toMatchObject({
        code: 'forbidden',
        message: containing('API_KEY'),
      });
  });

  test('falls back on the third version of the API where there is no fourth', async () => {
    await using world = await stage();
    world.fake.knowsV4 = false;
    const values = valuesOf(await world.session.read(folder(ROOT), NEVER));
    expect(Object.keys(values)).toEqual([...OWN, 'SHARED_TOKEN']);
    expect(valuesOf(await world.session.read(one(ROOT, 'SHARED_TOKEN'), NEVER))).toHaveProperty(
      'SHARED_TOKEN',
    );
    expect(world.fake.count('/api/v4/')).toBe(1);
  });

  test.each([
    ['a folder', folder(`${ROOT}/none`), 'there is no such folder'],
    ['an environment', folder('app-x1/none'), 'there is no such folder'],
    ['a secret', one(ROOT, 'NONE'), 'there is no such secret'],
    ['a project', folder('none/dev'), 'there is no project with the slug "none"'],
  ])('says what is missing: %s', async (_, ref, fact) => {
    await using world = await stage();
    await expect(world.session.read(ref, NEVER)).rejects.toMatchObject({
      code: 'not_found',
      message: containing(fact),
    });
  });

  test('tells a stranger from one who may not read', async () => {
    await using world = await stage({ projects: new Set() });
    await expect(world.session.read(folder(`${world.project.id}/dev`), NEVER)).rejects.toMatchObject({
      code: 'forbidden',
      message: containing('not a member'),
    });
  });
});

describe('a fault on the way', () => {
  test.each([
    ['cut', 'unreachable'],
    ['broken_body', 'invalid_response'],
    ['silent', 'timeout'],
    ['bad_gateway', 'server_error'],
  ] as const)('%s is %s', async (fault, code) => {
    await using world = await stage();
    await world.session.read(folder(ROOT), NEVER);
    world.fake.fault = fault;
    await expect(world.session.read(folder(ROOT), NEVER)).rejects.toMatchObject({ code });
    await expect(world.provider.login(NEVER)).rejects.toMatchObject({ code });
    world.fake.fault = undefined;
    await expect(world.session.read(folder(ROOT), NEVER)).resolves.toHaveProperty('value');
  });

  test('a limit of the rate holds for every request until the pause is over', async () => {
    await using world = await stage();
    world.fake.fault = 'rate_limited';
    await expect(world.session.read(folder(ROOT), NEVER)).rejects.toMatchObject({
      code: 'rate_limited',
      retryAfterMs: 7000,
    });
    world.fake.fault = undefined;
    const asked = world.fake.log.length;
    world.wait(5000);
    await expect(world.provider.login(NEVER)).rejects.toMatchObject({ code: 'rate_limited' });
    expect(world.fake.log.length).toBe(asked);
    world.wait(2000);
    await expect(world.session.read(folder(ROOT), NEVER)).resolves.toHaveProperty('value');
  });

  test('does not outlast its caller', async () => {
    await using world = await stage();
    world.fake.fault = 'silent';
    const reason = new Error('shutting down');
    const signal = AbortSignal.abort(reason);
    await expect(world.session.read(folder(ROOT), signal)).rejects.toBe(reason);
  });
});
