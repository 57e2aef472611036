import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, PATIENCE_MS } from '../../servers/eventually.ts';
import { Stage } from './stage.ts';

const NAMESPACE = 'oddities';
const DOCKER = '{"auths":{"registry.example":{"auth":"eDp5"}}}';

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
  stage.write('/registry', 'token', 't1');
  stage.write('/odd', 'a\u0085b\u007f\u2028c', 'x');
  for (const [key, value] of Object.entries({ CERT: 'certificate', KEY: 'key', DOCKER }))
    stage.write('/typed', key, value);
  await stage.namespace(NAMESPACE, { 'sidekey.dev/infisical': 'app-x1/dev' });
  const replica = await stage.start();
  await replica.leads();
});

afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

interface Wish {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
  readonly type?: string;
}

const make = (name: string, folder: string, { annotations = {}, ...more }: Wish = {}): Promise<string> => {
  const source = { 'sidekey.dev/source': `infisical:app-x1/dev${folder}` };
  const metadata = { name, annotations: { ...source, ...annotations } };
  return stage.apply(NAMESPACE, JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata, ...more }));
};

const expectHeld = (name: string, values: Readonly<Record<string, string>>): Promise<void> =>
  eventually(`${name} with ${JSON.stringify(values)}`, PATIENCE_MS, async () =>
    expect(await stage.values(NAMESPACE, name)).toEqual(values),
  );

describe('a Secret of a type that the API server checks', () => {
  test('is filled in one piece: a certificate and its key', async () => {
    await make('certificate', '/typed', {
      annotations: { 'sidekey.dev/keys': 'tls.crt=CERT,tls.key=KEY' },
      stringData: { 'tls.crt': '<auto-managed>', 'tls.key': '' },
      type: 'kubernetes.io/tls',
    });
    await expectHeld('certificate', { 'tls.crt': 'certificate', 'tls.key': 'key' });
  });

  test('is filled where no placeholder may stand, if the key is said to be the sync’s', async () => {
    const wish = {
      annotations: {
        'sidekey.dev/keys': '.dockerconfigjson=DOCKER',
        'sidekey.dev/managed-keys': '.dockerconfigjson',
      },
      stringData: { '.dockerconfigjson': '{}' },
      type: 'kubernetes.io/dockerconfigjson',
    };
    for (let round = 0; round < 2; round += 1) {
      await make('pull', '/typed', wish);
      await expectHeld('pull', { '.dockerconfigjson': DOCKER });
    }
  });
});

test('a Secret may be as large as the API server takes it, and a value that is too large is told', async () => {
  const large = 'x'.repeat(1024 * 1024 - 4);
  stage.write('/large', 'DATA', large);
  await make('large', '/large', { stringData: { own: 'mine' } });
  await expectHeld('large', { own: 'mine', DATA: large });
  stage.write('/large', 'DATA', `${large}x`);
  await eventually('the error', PATIENCE_MS, async () =>
    expect((await stage.annotations(NAMESPACE, 'large'))['sidekey.dev/sync-error']).toContain(
      '1048577 bytes',
    ),
  );
  stage.world.fake.projects.folder(stage.world.project, 'dev', '/large').secrets.delete('DATA');
  stage.write('/large', 'OTHER', large);
  await expectHeld('large', { own: 'mine', OTHER: large });
});

test('what is wrong is told, whatever characters the names in the store have', async () => {
  await make('odd', '/odd', { annotations: { 'sidekey.dev/keys': 'token' } });
  await eventually('the error', PATIENCE_MS, async () =>
    expect((await stage.annotations(NAMESPACE, 'odd'))['sidekey.dev/sync-error']).toContain(
      'has no key token; it has a\u0085b\u007f\u2028c',
    ),
  );
});

test('a Secret that is restored from a backup follows its source, and forgets what was wrong with the old one', async () => {
  stage.write('/restored', 'token', 't1');
  stage.write('/restored', 'url', 'u1');
  await make('original', '/restored');
  await expectHeld('original', { token: 't1', url: 'u1' });
  const { data } = await stage.secret(NAMESPACE, 'original');
  const annotations = {
    ...(await stage.annotations(NAMESPACE, 'original')),
    'sidekey.dev/sync-error': 'Something was wrong once',
  };
  const copy = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'copy', annotations }, data };
  await stage.cluster.kubectl(
    ['create', `--namespace=${NAMESPACE}`, '--filename=-', '--field-manager=backup'],
    JSON.stringify(copy),
  );
  await eventually('no error', PATIENCE_MS, async () =>
    expect(await stage.annotations(NAMESPACE, 'copy')).not.toHaveProperty('sidekey.dev/sync-error'),
  );
  stage.world.fake.projects.folder(stage.world.project, 'dev', '/restored').secrets.delete('url');
  await expectHeld('copy', { token: 't1' });
  stage.write('/restored', 'url', 'u2');
  await expectHeld('copy', { token: 't1', url: 'u2' });
  expect(await stage.annotations(NAMESPACE, 'copy')).not.toHaveProperty('sidekey.dev/sync-error');
});

test('a controller that puts a placeholder back as soon as it is gone is answered once a second, and in the end', async () => {
  await make('contested', '/registry');
  await expectHeld('contested', { token: 't1' });
  const proxy = await stage.cluster.proxy();
  const address = `${proxy.address}/api/v1/namespaces/${NAMESPACE}/secrets/contested`;
  const placeholder = Buffer.from('<auto-managed>').toString('base64');
  let filled = 0;
  const until = performance.now() + 10_000;
  while (performance.now() < until) {
    await sleep(5);
    const { data } = (await (await fetch(address)).json()) as { data: { token: string } };
    if (data.token === placeholder) continue;
    filled += 1;
    const headers = { 'content-type': 'application/merge-patch+json' };
    await fetch(address, {
      method: 'PATCH',
      headers,
      body: JSON.stringify({ data: { token: placeholder } }),
    });
  }
  await proxy[Symbol.asyncDispose]();
  expect(filled).toBeGreaterThan(5);
  expect(filled).toBeLessThan(60);
  await expectHeld('contested', { token: 't1' });
});
