import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, PATIENCE_MS } from '../../servers/eventually.ts';
import { CANARY, type Replica, Stage } from './stage.ts';

const NAMESPACE = 'ownership';
let stage: Stage;
let replica: Replica;

beforeAll(async () => {
  stage = await Stage.open();
  stage.write('/registry', 'token', 't1');
  stage.write('/registry', 'url', 'u1');
  await stage.namespace(NAMESPACE, { 'sidekey.dev/infisical': 'app-x1/dev/registry' });
  await stage.namespace('elsewhere', { 'sidekey.dev/infisical': 'other/dev' });
  replica = await stage.start();
  await replica.leads();
});

afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

interface Wish {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
  readonly more?: object;
}

const manifest = (name: string, { annotations = {}, stringData = {}, more = {} }: Wish = {}): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, annotations: { 'infisical.com/secret-sync': 'true', ...annotations } },
    stringData,
    ...more,
  });

const make = (name: string, wish?: Wish, namespace = NAMESPACE): Promise<string> =>
  stage.apply(namespace, manifest(name, wish));

const expectHeld = (name: string, values: Readonly<Record<string, string>>): Promise<void> =>
  eventually(`${name} with ${JSON.stringify(values)}`, PATIENCE_MS, async () =>
    expect(await stage.values(NAMESPACE, name)).toEqual(values),
  );

const expectSaid = (name: string, text: string, namespace = NAMESPACE): Promise<void> =>
  eventually(`"${text}" on ${name}`, PATIENCE_MS, async () =>
    expect((await stage.annotations(namespace, name))['sidekey.dev/sync-error']).toContain(text),
  );

describe('a Secret with values of its own', () => {
  test('keeps them; one that the source has too is told as a conflict until it is taken out', async () => {
    await make('mixed', { stringData: { own: 'x', url: 'mine' } });
    await expectHeld('mixed', { own: 'x', url: 'mine', token: 't1' });
    await expectSaid('mixed', 'url');
    const { metadata } = (await stage.secret(NAMESPACE, 'mixed')) as { metadata: { uid: string } };
    const get = ['get', 'events', `--namespace=${NAMESPACE}`, '--output=json'];
    await expect.poll(() => stage.cluster.kubectl(get)).toContain(metadata.uid);
    await stage.cluster.kubectl([
      'patch',
      'secret',
      `--namespace=${NAMESPACE}`,
      'mixed',
      '--type=json',
      '--patch=[{"op":"remove","path":"/data/url"}]',
    ]);
    await expectHeld('mixed', { own: 'x', url: 'u1', token: 't1' });
    await eventually('no error', PATIENCE_MS, async () =>
      expect(await stage.annotations(NAMESPACE, 'mixed')).not.toHaveProperty('sidekey.dev/sync-error'),
    );
    await expect
      .poll(() => replica.metric('sidekey_sync_results_total{result="conflict"}'))
      .toBeGreaterThan(0);
  });

  test('has somebody’s edit of a synced key taken back', async () => {
    await make('edited');
    await expectHeld('edited', { token: 't1', url: 'u1' });
    const patch = JSON.stringify({ data: { token: Buffer.from('edited').toString('base64') } });
    await stage.cluster.kubectl(['patch', 'secret', `--namespace=${NAMESPACE}`, 'edited', '--patch', patch]);
    await expectHeld('edited', { token: 't1', url: 'u1' });
    expect(await stage.annotations(NAMESPACE, 'edited')).not.toHaveProperty('sidekey.dev/sync-error');
  });

  test('that is no longer to be synced keeps what it has, and is let alone', async () => {
    await make('left');
    await expectHeld('left', { token: 't1', url: 'u1' });
    await stage.cluster.kubectl([
      'annotate',
      'secret',
      `--namespace=${NAMESPACE}`,
      'left',
      '--overwrite',
      'infisical.com/secret-sync=false',
    ]);
    await stage.cluster.kubectl([
      'patch',
      'secret',
      `--namespace=${NAMESPACE}`,
      'left',
      '--patch={"stringData":{"token":"mine"}}',
    ]);
    stage.write('/registry', 'url', 'u2');
    await expectHeld('edited', { token: 't1', url: 'u2' });
    await expectHeld('left', { token: 'mine', url: 'u1' });
    stage.write('/registry', 'url', 'u1');
    await expectHeld('edited', { token: 't1', url: 'u1' });
  });
});

describe('keys, sources and templates', () => {
  test('take the names that are given, and what is rendered', async () => {
    await make('named', {
      annotations: {
        'sidekey.dev/source': 'infisical:app-x1/dev/registry',
        'sidekey.dev/keys': 'hf-token=token',
        'sidekey.dev/template.config.json':
          '{"url":"{{ with getSecretByName "app-x1" "dev" "/registry" "url" }}{{ .Value }}{{ end }}"}',
      },
    });
    await expectHeld('named', { 'hf-token': 't1', 'config.json': '{"url":"u1"}' });
  });

  test('follow the source: a key that is deleted there goes, one that is new comes', async () => {
    stage.write('/changing', 'a', '1');
    stage.write('/changing', 'b', '2');
    await stage.namespace('changing', { 'sidekey.dev/infisical': 'app-x1/dev/changing' });
    await stage.apply('changing', manifest('follows', { stringData: { own: 'x' } }));
    const held = (values: object): Promise<void> =>
      eventually(JSON.stringify(values), PATIENCE_MS, async () =>
        expect(await stage.values('changing', 'follows')).toEqual(values),
      );
    await held({ a: '1', b: '2', own: 'x' });
    const folder = stage.world.fake.projects.folder(stage.world.project, 'dev', '/changing');
    folder.secrets.delete('a');
    stage.write('/changing', 'c', '3');
    await held({ b: '2', c: '3', own: 'x' });
    folder.secrets.clear();
    await expectSaid('follows', 'holds nothing', 'changing');
    await held({ b: '2', c: '3', own: 'x' });
  });
});

describe('a Secret that cannot be synced says why, and what to do', () => {
  test('another project than its namespace’s', async () => {
    await make(
      'foreign',
      { annotations: { 'sidekey.dev/source': 'infisical:app-x1/dev/registry' } },
      'elsewhere',
    );
    await expectSaid(
      'foreign',
      'not bound to infisical:app-x1/dev/registry but to infisical:other/dev',
      'elsewhere',
    );
    expect(await stage.values('elsewhere', 'foreign')).toEqual({});
  });

  test('a template that asks for another project', async () => {
    const template = '{{ with listSecrets "app-x1" "dev" "/registry" }}{{ (index . 0).Value }}{{ end }}';
    await make('sly', { annotations: { 'sidekey.dev/template.x': template } }, 'elsewhere');
    await expectSaid('sly', 'not bound to', 'elsewhere');
    expect(await stage.values('elsewhere', 'sly')).toEqual({});
  });

  test('a project of which the identity is no member', async () => {
    await make('stranger', {}, 'elsewhere');
    await expectSaid('stranger', 'infisical:other/dev: Cannot', 'elsewhere');
  });

  test('annotations that cannot be read, all at once', async () => {
    await make('wrong', { annotations: { 'sidekey.dev/source': 'x', 'sidekey.dev/keys': 'a b' } });
    await expectSaid('wrong', 'sidekey.dev/source is "x"');
    await expectSaid('wrong', 'sidekey.dev/keys is "a b"');
  });

  test('an immutable Secret', async () => {
    await make('frozen', { more: { immutable: true } });
    await expectSaid('frozen', 'immutable');
  });

  test('a namespace that is bound later is noticed', async () => {
    await stage.namespace('late');
    await stage.apply('late', manifest('waits'));
    await expectSaid('waits', 'Nothing says where', 'late');
    await stage.namespace('late', { 'sidekey.dev/infisical': 'app-x1/dev/registry' });
    await eventually('the values', PATIENCE_MS, async () =>
      expect(await stage.values('late', 'waits')).toEqual({ token: 't1', url: 'u1' }),
    );
  });
});

test('a Secret that does not ask is not touched', async () => {
  await stage.cluster.kubectl([
    'create',
    'secret',
    'generic',
    `--namespace=${NAMESPACE}`,
    'unrelated',
    `--from-literal=token=${CANARY}`,
  ]);
  const before = await stage.secret(NAMESPACE, 'unrelated');
  await make('after');
  await expectHeld('after', { token: 't1', url: 'u1' });
  expect(await stage.secret(NAMESPACE, 'unrelated')).toEqual(before);
});
