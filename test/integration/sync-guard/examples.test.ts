import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { annotationsIn, objectIn } from '#contract/json.ts';
import { FIELD_MANAGER, PLACEHOLDER, STATUS_KEYS } from '#contract/secret-sync.ts';
import { createLog } from '#platform/log.ts';
import { createTeller } from '../../../agent/sync/teller.ts';
import { eventually, PATIENCE_MS } from '../../servers/eventually.ts';
import { ASKS, base64, type Call, GuardedCluster, HOME, type Who } from './guarded-cluster.ts';

const MANAGED = STATUS_KEYS.managedKeys;
const OWNER = { apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: '6b5d3ae0-6c0b-4c39-8f0d-8a3b2f1c9d7e' };
const named = (keys: string) => ({ metadata: { annotations: { [MANAGED]: keys } } });
const NEVER = new AbortController().signal;

let cluster: GuardedCluster;

beforeAll(async () => {
  cluster = await GuardedCluster.start();
});

afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

test('the API server finds no fault in the types of the policy', async () => {
  await eventually('the check of the types', PATIENCE_MS, async () => {
    const policy = await cluster.kubectl([
      'get',
      'validatingadmissionpolicy',
      'sidekey-sync-guard',
      '--output=json',
    ]);
    expect(JSON.parse(policy)).toMatchObject({ status: { typeChecking: {} } });
    expect(policy).not.toContain('expressionWarnings');
  });
});

test('the pods of the sync pass the restricted standard', async () => {
  await eventually('its pods', PATIENCE_MS, async () => {
    const pods = await cluster.kubectl(['get', 'pods', `--namespace=${HOME}`, '--output=name']);
    expect(pods.trim().split('\n')).toHaveLength(2);
  });
});

describe('the sync may', () => {
  test.each([
    ['no data', {}],
    ['empty data', { data: {} }],
    ['a placeholder', { stringData: { token: PLACEHOLDER } }],
    ['an empty value', { data: { token: '' } }],
  ])('fill a Secret with %s, and change and take away what is its own', async (case_, body) => {
    const name = `with-${case_.replaceAll(' ', '-')}`;
    await cluster.create(name, { ...body, metadata: { annotations: ASKS } });
    await cluster.sync(name, { token: 't1', more: 'm1' });
    await cluster.sync(name, { token: 't2', more: 'm1' });
    expect(await cluster.sync(name, { token: 't2' })).toEqual({ token: 't2' });
    await cluster.ask('admin', { method: 'PATCH', name, type: 'merge', body: { data: { token: '' } } });
    expect(await cluster.sync(name, { token: 't2' })).toEqual({ token: 't2' });
  });

  test('go on with what it has filled when its annotation was taken away', async () => {
    await cluster.create('bare', { metadata: { annotations: ASKS } });
    await cluster.sync('bare', { token: 't1' });
    const body = { metadata: { annotations: { [MANAGED]: null } } };
    await cluster.ask('admin', { method: 'PATCH', name: 'bare', type: 'merge', body });
    expect(await cluster.sync('bare', { token: 't2' })).toEqual({ token: 't2' });
  });

  test('fill a key of a type that wants JSON from the start, if it is handed over', async () => {
    const annotations = { ...ASKS, [MANAGED]: '.dockerconfigjson' };
    const body = { type: 'kubernetes.io/dockerconfigjson', stringData: { '.dockerconfigjson': '{}' } };
    await cluster.create('pull', { ...body, metadata: { annotations } });
    const values = { '.dockerconfigjson': '{"auths":{}}' };
    expect(await cluster.sync('pull', values)).toEqual(values);
  });

  test('go on with what its annotation names when another has written it', async () => {
    await cluster.create('written', { metadata: { annotations: ASKS } });
    await cluster.sync('written', { token: 't1' });
    const body = { data: { token: base64('theirs') } };
    await cluster.ask('admin', { method: 'PATCH', name: 'written', type: 'merge', body });
    expect(await cluster.sync('written', { token: 't1' })).toEqual({ token: 't1' });
  });

  test('say what is wrong, and take that back', async () => {
    await cluster.create('told', { data: { token: base64('own') }, metadata: { annotations: ASKS } });
    const teller = createTeller(
      cluster.account,
      { record: () => undefined, close: async () => {} },
      createLog('silent', 'test'),
    );
    const conflict = await cluster.assess('told', { token: 't1' });
    await teller.tell(conflict, conflict.live.resourceVersion, NEVER);
    expect(annotationsIn(await cluster.read('told'))[STATUS_KEYS.error]).toMatch(
      /value of its own for token/u,
    );
    const mended = await cluster.assess('told', { other: 'o1' });
    await teller.tell(mended, mended.live.resourceVersion, NEVER);
    expect(annotationsIn(await cluster.read('told'))).not.toHaveProperty(STATUS_KEYS.error);
  });

  test('fill a Secret with a thousand keys, and change them all', async () => {
    const values = (value: string): Record<string, string> =>
      Object.fromEntries(
        Array.from({ length: 1000 }, (_, index) => [`A_RATHER_LONG_NAME_${index}`, `${value}-${index}`]),
      );
    await cluster.create('large', { metadata: { annotations: ASKS } });
    await cluster.sync('large', values('old'));
    expect(await cluster.sync('large', values('new'))).toEqual(values('new'));
  });
});

/** What one of the account's requests is answered with. */
const refusal = async (who: Who, call: Call): Promise<string> => (await cluster.ask(who, call)).message;

const merge = (name: string, body: object): Call => ({ method: 'PATCH', name, type: 'merge', body });

describe('the sync may not', () => {
  const OWN = { team: 'ml' };

  beforeAll(async () => {
    const metadata = {
      annotations: { ...ASKS, 'team.example/owner': 'ml' },
      labels: OWN,
      finalizers: ['team.example/keep'],
    };
    await cluster.create('guarded', { metadata, data: { own: base64('own') } });
    await cluster.sync('guarded', { token: 't1' });
    await cluster.create('silent', { data: { token: '' } });
    await cluster.create('declined', {
      metadata: { annotations: { ...ASKS, 'infisical.com/secret-sync': 'false' } },
    });
  });

  test.each([
    ['touch a Secret that does not ask', 'silent', { data: { token: base64('t') } }],
    ['touch a Secret that says no', 'declined', { metadata: { annotations: { [STATUS_KEYS.error]: 'e' } } }],
    ['ask in the name of its user', 'silent', { metadata: { annotations: ASKS } }],
  ])('%s', async (_, name, body) => {
    expect(await refusal('sync', merge(name, body))).toMatch(
      /denied request: the Secret does not ask to be synced/u,
    );
  });

  test.each([
    ['change an annotation', { annotations: { 'team.example/owner': 'us' } }, 'writes no annotations but'],
    ['add one', { annotations: { 'team.example/more': 'x' } }, 'writes no annotations but'],
    ['remove one', { annotations: { 'team.example/owner': null } }, 'writes no annotations but'],
    ['take the request back', { annotations: { 'sidekey.dev/source': null } }, 'writes no annotations but'],
    ['change a label', { labels: { team: 'us' } }, 'leaves metadata.labels'],
    ['remove all labels', { labels: null }, 'leaves metadata.labels'],
    ['remove a finalizer', { finalizers: [] }, 'leaves metadata.finalizers'],
    ['become an owner', { ownerReferences: [OWNER] }, 'leaves metadata.ownerReferences'],
  ])('%s', async (_, metadata, message) => {
    expect(await refusal('sync', merge('guarded', { metadata }))).toContain(
      `denied request: the sync ${message}`,
    );
  });

  test.each([
    ['change a value of the user’s', { data: { own: base64('x') } }, 'changes only keys that are its own'],
    ['empty one', { data: { own: '' } }, 'changes only keys that are its own'],
    ['remove one', { data: { own: null } }, 'changes only keys that are its own'],
    ['say that it is its own', named('own,token'), 'takes for its own only keys'],
    [
      'say so in passing',
      { ...named('own,token'), data: { own: base64('x') } },
      'changes only keys that are its own',
    ],
    [
      'fill a key and not say so',
      { data: { more: base64('x') } },
      'applies as sidekey-sync, and names it in',
    ],
    ['name a key and not fill it', named('more,token'), 'applies as sidekey-sync, and names it in'],
    ['disown what it has filled', named(''), 'applies as sidekey-sync, and names it in'],
    ['make the Secret immutable', { immutable: true }, 'leaves immutable as it is'],
  ])('%s', async (_, body, message) => {
    expect(await refusal('sync', merge('guarded', body))).toContain(message);
  });

  test('apply a value of the user’s as its own, even the same one', async () => {
    const body = { metadata: named('own,token').metadata, data: { own: base64('own'), token: base64('t1') } };
    const call: Call = { method: 'PATCH', name: 'guarded', type: 'apply', manager: FIELD_MANAGER, body };
    expect(await refusal('sync', call)).toContain('takes for its own only keys');
    const unnamed = { ...call, body: { data: body.data } };
    expect(await refusal('sync', unnamed)).toContain('takes for its own only keys');
  });

  test('forge the books of the API server', async () => {
    const entry = {
      manager: FIELD_MANAGER,
      operation: 'Apply',
      apiVersion: 'v1',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:data': { 'f:own': {} } },
    };
    const body = { metadata: { managedFields: [entry] } };
    expect(await refusal('sync', merge('guarded', body))).toContain('takes for its own only keys');
  });

  test.each<[string, Call, RegExp]>([
    ['make', { method: 'POST', body: { metadata: { name: 'made' } } }, /cannot create resource "secrets"/u],
    ['delete', { method: 'DELETE', name: 'guarded' }, /cannot delete resource "secrets"/u],
    ['delete all', { method: 'DELETE' }, /cannot deletecollection resource "secrets"/u],
    [
      'replace',
      { method: 'PUT', name: 'guarded', body: { metadata: { name: 'guarded' } } },
      /cannot update resource "secrets"/u,
    ],
  ])('%s Secrets: RBAC is in its way', async (_, call, message) => {
    expect(await refusal('sync', call)).toMatch(message);
  });

  test.each<[string, Call]>([
    ['make', { method: 'POST', body: { metadata: { name: 'made', annotations: ASKS } } }],
    ['delete', { method: 'DELETE', name: 'guarded' }],
    ['delete all', { method: 'DELETE' }],
  ])('%s Secrets: so is the policy, if RBAC were not', async (_, call) => {
    expect(await refusal('almighty', call)).toContain(
      'the sync changes Secrets, and neither makes nor deletes any',
    );
  });

  test('replace a value of the user’s: so is the policy, if RBAC were not', async () => {
    const { object } = await cluster.ask('almighty', { method: 'GET', name: 'guarded' });
    const call: Call = { method: 'PUT', name: 'guarded', body: { ...object, data: { own: base64('x') } } };
    expect(await refusal('almighty', call)).toContain('changes only keys that are its own');
  });

  test('have changed anything by all that', async () => {
    expect(await cluster.values('guarded')).toEqual({ own: 'own', token: 't1' });
    expect(objectIn(await cluster.read('guarded'), 'metadata')['labels']).toEqual(OWN);
  });
});

test('nobody else is bound by the policy', async () => {
  await cluster.create('anybodys', { data: { own: base64('own') } });
  const body = { metadata: { labels: { a: 'b' } }, data: { own: null, more: base64('x') } };
  expect(await cluster.ask('admin', merge('anybodys', body))).toMatchObject({ status: 200 });
});
