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

  test('sends a tag back as it came, be it weakened by a proxy', async () => {
    await using world = await stage();
    world.fake.weakTags = true;
    const before = await world.session.read(folder(ROOT), NEVER);
    expect(await world.session.read(folder(ROOT), NEVER)).toBe(before);
    expect(world.fake.log.at(-1)).toBe('GET /api/v4/secrets 304');
  });

  test('looks a slug up anew when its project is gone: it may have been made again', async () => {
    await using world = await stage();
    await world.session.read(folder(ROOT), NEVER);
    const { projects } = world.fake;
    projects.remove(world.project);
    const again = projects.create({ slug: 'app-x1' });
    world.identity.projects.add(again.id);
    projects.put(projects.folder(again, 'dev', '/'), 'NEW', 'project');
    await expect(world.session.read(folder(ROOT), NEVER)).rejects.toMatchObject({ code: 'not_found' });
    expect(valuesOf(await world.session.read(folder(ROOT), NEVER))).toEqual({ NEW: 'project' });
  });

  test('looks a slug up once for all that is read of it at the same time', async () => {
    await using world = await stage();
    const refs = ['', '/backend', '/backend/db', '/shared'].map((path) => folder(ROOT + path));
    await Promise.all(refs.map((ref) => world.session.read(ref, NEVER)));
    expect(world.fake.count('/api/v1/projects/slug/')).toBe(1);
  });

  test('goes on if the one that looks the slug up is called off', async () => {
    await using world = await stage();
    const first = new AbortController();
    const dropped = world.session.read(folder(ROOT), first.signal);
    const other = world.session.read(folder(`${ROOT}/shared`), NEVER);
    first.abort(new Error('not needed any more'));
    await expect(dropped).rejects.toThrow('not needed any more');
    expect(valuesOf(await other)).toHaveProperty('SHARED_TOKEN');
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

  test('nor that of an imported one, unless the folder’s own secret wins over it', async () => {
    await using world = await stage({ masks: (path) => path === '/shared' });
    await expect(world.session.read(folder(ROOT), NEVER)).rejects.toMatchObject({
      code: 'forbidden',
      message: containing('SHARED_TOKEN'),
    });
    const { projects } = world.fake;
    projects.put(projects.folder(world.project, 'dev', '/'), 'SHARED_TOKEN', 'own');
    expect(valuesOf(await world.session.read(folder(ROOT), NEVER))).toMatchObject({ SHARED_TOKEN: 'own' });
  });

  test.each([
    ['a project', folder('../dev')],
    ['an environment', folder('app-x1/..')],
    ['a folder', folder(`${ROOT}/a/../..`)],
    ['a secret', one(ROOT, '..')],
    ['an empty folder', folder(`${ROOT}//a`)],
  ])('does not leave its place by %s', async (_, ref) => {
    await using world = await stage();
    const asked = world.fake.log.length;
    await expect(world.session.read(ref, NEVER)).rejects.toMatchObject({ code: 'invalid_request' });
    expect(world.fake.log.length).toBe(asked);
  });

  test.each([
    ['a project', folder('..%2f..%2fv2/dev'), '/api/v1/projects/slug/..%252f..%252fv2'],
    ['a secret', one(ROOT, '../../v2/folders'), '/api/v4/secrets/..%2F..%2Fv2%2Ffolders'],
    ['a query', one(ROOT, 'A?secretPath=/other'), '/api/v4/secrets/A%3FsecretPath%3D%2Fother'],
  ])('takes slashes and their like for letters: %s', async (_, ref, path) => {
    await using world = await stage();
    await expect(world.session.read(ref, NEVER)).rejects.toMatchObject({ code: 'not_found' });
    expect(world.fake.log.at(-1)).toBe(`GET ${path} 404`);
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

  test('does not take a proxy’s 404 for an old server, and says that it is none', async () => {
    await using world = await stage();
    world.fake.fault = 'no_backend';
    for (const ask of [
      () => world.session.read(folder(world.project.id + '/dev'), NEVER),
      () => world.provider.login(NEVER),
    ])
      await expect(ask()).rejects.toMatchObject({
        code: 'invalid_response',
        message: containing('is not Infisical (404); check the address'),
      });
    world.fake.fault = undefined;
    await world.session.read(folder(ROOT), NEVER);
    expect(world.fake.log.at(-1)).toBe('GET /api/v4/secrets 200');
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
