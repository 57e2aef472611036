import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Ended, sidekey } from '../../servers/sidekey.ts';
import { AuditStage, type PodSession, TENANTS } from './audit-stage.ts';

type Row = Readonly<Record<string, unknown>>;

const SECRET = { 'team-a': 'secret/data/team-a/api-key', 'team-b': 'secret/data/team-b/api-key' };
const IN_BODIES = 'a value of a Secret and of a ConfigMap';
const VALUES = ['first of team-a', 'second of team-a', 'first of team-b', 'second of team-b'];

let stage: AuditStage;
let pods: Readonly<Record<'one' | 'other' | 'gone', PodSession>>;
let report: Ended;
let rows: readonly Row[];

beforeAll(async () => {
  stage = await AuditStage.open();
  pods = await tell(stage);
  const policies =
    'validatingadmissionpolicies,validatingadmissionpolicybindings,mutatingwebhookconfigurations';
  const logs = ['--store-log', stage.store.auditFile, '--api-log', stage.apiLog];
  const beside = [
    '--policies',
    await stage.save('policies.json', policies),
    '--objects',
    await stage.save('objects.json', 'resourcequotas,namespaces', '-A'),
  ];
  report = await sidekey(['audit', 'report', ...logs, ...beside, '-f', TENANTS, '-o', 'jsonl']);
  rows = report.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
});

afterAll(() => stage[Symbol.asyncDispose]());

/** Two teams, two versions, and what nobody should do. */
async function tell(at: AuditStage): Promise<typeof pods> {
  const { api } = at.store;
  const write = (path: string, key: string): Promise<unknown> => api('POST', path, { data: { key } });
  await write(SECRET['team-a'], VALUES[0] ?? '');
  await write(SECRET['team-b'], VALUES[2] ?? '');
  await at.make('team-a', 'inference-1', { 'nvidia.com/mig-3g.40gb': '1' });
  await at.make('team-a', 'inference-2', {});
  await at.make('team-b', 'inference-1', {});
  const one = await at.login('team-a', 'inference-1');
  const gone = await at.login('team-a', 'inference-2');
  const other = await at.login('team-b', 'inference-1');
  for (const { read } of [one, gone, one]) await read(SECRET['team-a']);
  await other.read(SECRET['team-b']);
  await at.alice('-n', 'team-a', 'delete', 'pod', 'inference-2', '--wait=false');
  await write(SECRET['team-a'], VALUES[1] ?? '');
  await write(SECRET['team-b'], VALUES[3] ?? '');
  await one.read(SECRET['team-a']);
  await other.read(SECRET['team-a']).catch(() => undefined);
  await at.make('team-a', 'whole-gpu', { 'nvidia.com/gpu': '1' }).catch(() => undefined);
  const { read } = await at.reviewed('team-a');
  for (let poll = 0; poll < 2; poll += 1) await read(SECRET['team-a']);
  await at.alice('-n', 'team-a', 'get', 'secrets');
  for (const kind of ['secret generic', 'configmap'])
    await at.cluster.kubectl([
      'create',
      ...kind.split(' '),
      'kept',
      '-n',
      'team-a',
      `--from-literal=a=${IN_BODIES}`,
    ]);
  await at.cluster.kubectl(['get', 'secret', 'kept', '-n', 'team-a']);
  await at.alice('-n', 'team-a', 'exec', 'inference-1', '--', 'cat', '/vault/secrets/api-key');
  const command = ['exec', '-n', 'team-a', 'inference-1', '-c', 'model-server', '--', 'env', VALUES[0] ?? ''];
  await at.cluster.kubectl(command).catch(() => undefined);
  await at.cluster.kubectl(['annotate', 'ns', 'team-b', 'sidekey.dev/vault-paths=secret', '--overwrite']);
  await at.cluster.kubectl(['delete', 'validatingadmissionpolicybinding', 'sidekey-gpu-no-bypass']);
  return { one, gone, other };
}

const of = (section: string): readonly Row[] => rows.filter((row) => row['section'] === section);

/** The store of this story belongs to its administrator, whose root token is told of elsewhere. */
const podDeliveries = (): readonly Row[] => of('delivery').filter(({ identity }) => identity === 'pod');

test('the report is made, and says nothing beside it', () => {
  expect(report).toMatchObject({ code: 0, stderr: '' });
});

describe('deliveries', () => {
  test('are the first reads of each version by each pod', () => {
    expect(podDeliveries().map(({ uid, path, version }) => [uid, path, version])).toEqual([
      [pods.one.uid, SECRET['team-a'], 1],
      [pods.gone.uid, SECRET['team-a'], 1],
      [pods.other.uid, SECRET['team-b'], 1],
      [pods.one.uid, SECRET['team-a'], 2],
    ]);
  });

  test('say who it was, by which role and policy, where, and who made the pod', () => {
    expect(podDeliveries()[0]).toMatchObject({
      tenant: 'team-a',
      namespace: 'team-a',
      pod: 'inference-1',
      node: 'gpu-node-1',
      serviceAccount: 'team-a',
      identity: 'pod',
      role: 'team-a',
      store: 'openbao',
      mount: 'secret/',
      policy: 'sidekey-team-a',
      accelerators: 'model-server=nvidia.com/mig-3g.40gb:1',
      createdBy: 'alice, by way of admin',
    });
  });
});

test('a delivery to who logged in with Kubernetes auth says that only the service account is known', () => {
  expect(of('delivery').filter(({ identity }) => identity === 'service account only')).toEqual([
    expect.objectContaining({ namespace: 'team-a', serviceAccount: 'team-a', role: 'reviewed', version: 2 }),
  ]);
});

test('stale is who read an old version last, and is still there', () => {
  expect(of('staleHolder')).toEqual([
    expect.objectContaining({ uid: pods.other.uid, path: SECRET['team-b'], version: 1, newestVersion: 2 }),
  ]);
});

describe('denials', () => {
  const first = (kind: string, object: string): Row | undefined =>
    of('denial').find((row) => row['kind'] === kind && String(row['object'] ?? row['path']).includes(object));

  test('of the store', () => {
    expect(first('store', SECRET['team-a'])).toMatchObject({
      uid: pods.other.uid,
      namespace: 'team-b',
      operation: 'read',
      reason: 'no policy of its token allows it',
    });
  });

  test('of admission, in the words of the policy', () => {
    expect(first('policy', 'pods whole-gpu')).toMatchObject({
      outcome: 'denied',
      user: 'alice, by way of admin',
      namespace: 'team-a',
      policy: 'sidekey-gpu-resources',
      accelerators: 'model-server=nvidia.com/gpu:1',
      message: expect.stringContaining(
        'namespace team-a may not use: model-server -> nvidia.com/gpu. Allowed here: nvidia.com/mig-3g.40gb.',
      ),
    });
  });

  test('of access', () => {
    expect(first('access', 'secrets')).toMatchObject({ user: 'alice, by way of admin', operation: 'list' });
    expect(first('access', 'pods/exec')).toMatchObject({ namespace: 'team-a' });
  });
});

describe('break-glass', () => {
  const kinds = (kind: string): readonly Row[] => of('breakGlass').filter((row) => row['kind'] === kind);

  test('is a hand in a running pod, whatever came of it', () => {
    expect(kinds('read of a Secret')).toContainEqual(expect.objectContaining({ object: 'secrets kept' }));
    expect(kinds('exec')[0]).toMatchObject({
      user: 'admin',
      tenant: 'team-a',
      pod: 'inference-1',
      container: 'model-server',
      outcome: 'failed with 500',
    });
  });

  test('is a change of what a namespace may have', () => {
    expect(kinds('tenancy')).toContainEqual(
      expect.objectContaining({ object: 'namespaces team-b', what: 'sidekey.dev/vault-paths' }),
    );
  });

  test('is a policy that is no longer bound', () => {
    expect(kinds('policy binding')).toContainEqual(
      expect.objectContaining({ what: 'deleted', object: expect.stringContaining('sidekey-gpu-no-bypass') }),
    );
  });

  test('is the root token', () => {
    expect(kinds('root token')).toContainEqual(
      expect.objectContaining({ path: SECRET['team-a'], operation: 'create' }),
    );
  });
});

test('policies in force are those of this release, but for what is missing', () => {
  const states = of('policy').map(({ name, binding, state }) => [name, binding, state]);
  expect(states.filter(([, , state]) => state !== 'as released')).toEqual([
    ['sidekey-gpu-no-bypass', 'sidekey-gpu-no-bypass', 'not in force: the binding is missing'],
    ['sidekey-injected', undefined, 'missing'],
  ]);
  expect(states.length).toBeGreaterThan(15);
});

test('tenants have owners, limits and use', () => {
  expect(of('tenant')).toContainEqual(
    expect.objectContaining({
      tenant: 'team-a',
      owner: 'team-a@example.com',
      resource: 'requests.nvidia.com/mig-3g.40gb',
      max: '2',
      quota: '2',
      used: '1',
    }),
  );
});

test('every line was read, and what is missing is said', () => {
  expect(of('integrity').filter(({ kind }) => kind === 'unread line' || kind === 'unanswered')).toEqual([]);
  expect(of('integrity')).toContainEqual(expect.objectContaining({ kind: 'missing input', log: 'reports' }));
});

test('the API server logs no value of a Secret or a ConfigMap, and no token', async () => {
  const log = await readFile(stage.apiLog, 'utf8');
  expect(log).toContain('"resource":"secrets","namespace":"team-a","name":"kept"');
  expect(log).toContain('"resource":"configmaps","namespace":"team-a","name":"kept"');
  expect(log).toContain('"subresource":"token"');
  for (const value of [IN_BODIES, Buffer.from(IN_BODIES).toString('base64'), 'eyJhbGciOi'])
    expect(log).not.toContain(value);
});

test('no value is in it, nor the hash of one', () => {
  for (const value of [...VALUES, IN_BODIES, 'hmac-sha256', pods.one.token])
    expect(report.stdout).not.toContain(value);
});
