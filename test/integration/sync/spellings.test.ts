import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, PATIENCE_MS } from '../../servers/eventually.ts';
import { CANARY, type Replica, Stage } from './stage.ts';

/** The user's Secret: what its `data` says comes behind. */
const HEAD = `apiVersion: v1
kind: Secret
metadata:
  name: model-registry
  annotations:
    infisical.com/secret-sync: "true"
type: Opaque
`;

const SPELLINGS = {
  'no data': '',
  'data that is null': 'data:\n',
  'data that is empty': 'data: {}\n',
  'a placeholder': 'stringData:\n  token: "<auto-managed>"\n',
  'an empty value': 'data:\n  token: ""\n',
} as const;

let stage: Stage;
let replica: Replica;

beforeAll(async () => {
  stage = await Stage.open();
  stage.write('/registry', 'token', `${CANARY}-1`);
  replica = await stage.start();
  await replica.leads();
});

afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

const expectHeld = (namespace: string, token: string): Promise<void> =>
  eventually(`${token} in ${namespace}`, PATIENCE_MS, async () =>
    expect(await stage.values(namespace, 'model-registry')).toEqual({ token }),
  );

/** Values that are put back are no news to whoever hangs a rollout on the version. */
const expectVersion = (namespace: string, version: string): Promise<void> =>
  eventually(`version ${version} in ${namespace}`, PATIENCE_MS, async () =>
    expect((await stage.annotations(namespace, 'model-registry'))['sidekey.dev/version']).toBe(version),
  );

describe.each(Object.entries(SPELLINGS))('the user’s Secret with %s', (spelling, data) => {
  const namespace = spelling.replaceAll(' ', '-');
  const manifest = HEAD + data;

  test('is filled from what its namespace is bound to', async () => {
    await stage.namespace(namespace, { 'sidekey.dev/infisical': 'app-x1/dev/registry' });
    await stage.apply(namespace, manifest);
    await expectHeld(namespace, `${CANARY}-1`);
    await eventually('the status', PATIENCE_MS, async () =>
      expect(await stage.annotations(namespace, 'model-registry')).toMatchObject({
        'infisical.com/secret-sync': 'true',
        'sidekey.dev/managed-keys': 'token',
        'sidekey.dev/version': '1',
        'sidekey.dev/last-sync': expect.stringMatching(/^\d{4}-\d\d-\d\dT/u) as string,
      }),
    );
  });

  test('is filled again each time it is applied', async () => {
    for (let round = 0; round < 3; round += 1) {
      await stage.apply(namespace, manifest);
      await expectHeld(namespace, `${CANARY}-1`);
    }
    await expectVersion(namespace, '1');
  });

  test('stays filled through server-side apply, as a GitOps controller does it', async () => {
    const flags = ['--server-side', '--force-conflicts', '--field-manager=argocd-controller'];
    await stage.apply(namespace, manifest, ...flags);
    await expectHeld(namespace, `${CANARY}-1`);
  });

  test('is filled again after it was replaced', async () => {
    await stage.cluster.kubectl(['replace', `--namespace=${namespace}`, '--filename=-'], manifest);
    await expectHeld(namespace, `${CANARY}-1`);
    await expectVersion(namespace, '1');
  });

  test('is filled again after it was deleted and made anew, and never made by the sync', async () => {
    await stage.cluster.kubectl(['delete', 'secret', `--namespace=${namespace}`, 'model-registry']);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await expect(stage.secret(namespace, 'model-registry')).rejects.toThrow('NotFound');
    await stage.apply(namespace, manifest);
    await expectHeld(namespace, `${CANARY}-1`);
  });
});

test('the literal form of the document is refused by the API server itself', async () => {
  const literal = `${HEAD}data:\n  token: <auto-managed>\n`;
  await expect(stage.apply('no-data', literal)).rejects.toThrow('illegal base64');
});

test('a rotation reaches all of them, by one read each poll', async () => {
  stage.write('/registry', 'token', `${CANARY}-2`);
  for (const spelling of Object.keys(SPELLINGS))
    await expectHeld(spelling.replaceAll(' ', '-'), `${CANARY}-2`);
  await expectVersion('no-data', '2');
  const reads = (): number => stage.world.fake.count('GET /api/v4/secrets');
  const before = [reads(), performance.now()] as const;
  await new Promise((resolve) => setTimeout(resolve, 5000));
  const polls = (performance.now() - before[1]) / 900;
  expect(reads() - before[0]).toBeLessThanOrEqual(Math.ceil(polls) + 1);
});

test('the application’s Events say so, and no value is in any of them, in the log, the metrics or the status', async () => {
  const described = await stage.cluster.kubectl([
    'describe',
    'secret',
    '--namespace=no-data',
    'model-registry',
  ]);
  const get = ['get', 'events', '--all-namespaces', '--output=json'];
  await expect.poll(() => stage.cluster.kubectl(get)).toContain('Changed token');
  const events = await stage.cluster.kubectl(get);
  const metrics = await (await fetch(`http://127.0.0.1:${replica.port}/metrics`)).text();
  expect(replica.process.output()).toContain('"Synced"');
  for (const text of [described, events, metrics, replica.process.output()])
    expect(text).not.toContain(CANARY);
});
