import { afterAll, beforeAll, expect, test } from 'vitest';
import { type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import { eventually } from '../../servers/eventually.ts';
import { agentOf, MODEL_SERVER, NATIVE, type Pod } from '../pods.ts';
import { loopbackCertificate } from '../../servers/certificate.ts';
import { Injector } from '../../servers/injector.ts';
import { InjectorStage, NAMESPACE } from './stage.ts';

const SLOW_MS = 90_000;

let stage: InjectorStage;

beforeAll(async () => {
  stage = await InjectorStage.start({ SIDEKEY_LIMIT_RANGES: 'true' });
  for (const one of stage.replicas) one.launch();
  await stage.ready(...stage.replicas);
  await stage.asked();
});

afterAll(() => stage[Symbol.asyncDispose]());

type Keys = Readonly<Record<string, string>>;

const asking = (more: Keys = {}): Keys => {
  const keys = { inject: 'true', 'secret.api': 'vault:secret/data/team-a/api#key', ...more };
  return Object.fromEntries(Object.entries(keys).map(([key, value]) => [`${NATIVE}${key}`, value]));
};

const pod = (name: string, annotations: Keys, namespace = NAMESPACE) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, annotations },
  spec: { containers: [MODEL_SERVER] },
});

const create = async (object: object, ...flags: readonly string[]): Promise<Pod> =>
  JSON.parse(
    await stage.cluster.kubectl(['create', '-f', '-', '-o', 'json', ...flags], JSON.stringify(object)),
  ) as Pod;

const dryRun = (annotations: Keys): Promise<Pod> => create(pod('dry', annotations), '--dry-run=server');

const refusal = (annotations: Keys): Promise<string> => dryRun(annotations).then(() => 'it was made', String);

const annotate = (...pairs: readonly string[]): Promise<string> =>
  stage.cluster.kubectl(['annotate', '--overwrite', 'namespace', NAMESPACE, ...pairs]);

function configOf(made: Pod): unknown {
  const [, text = ''] = /"name":"SIDEKEY_CONFIG","value":"([^"]+)"/u.exec(JSON.stringify(made)) ?? [];
  return JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
}

test('what a namespace says holds for its pods from then on, and no longer than it says so', async () => {
  expect(await refusal(asking())).toContain('sidekey.dev/vault-role: is missing');
  await annotate('sidekey.dev/vault-role=team-a', 'sidekey.dev/vault-audience=vault');
  const made = await eventually('the role of the namespace', SLOW_MS, () => dryRun(asking()));
  expect(configOf(made)).toMatchObject({ vault: { auth: { role: 'team-a' } } });
  await annotate('sidekey.dev/vault-role-');
  await eventually('no role again', SLOW_MS, async () => {
    expect(await refusal(asking())).toContain('sidekey.dev/vault-role: is missing');
  });
});

test('limits of the namespace are held, and the refusal names the key and what is allowed', async () => {
  await annotate('sidekey.dev/vault-paths=secret/data/team-a', 'sidekey.dev/vault-roles=team-a');
  const foreign = asking({ 'vault-role': 'team-b', 'secret.other': 'vault:secret/data/team-b/api#key' });
  await eventually('the limits', SLOW_MS, async () => {
    const message = await refusal(foreign);
    expect(message).toMatch(/sidekey\.dev\/secret\.other: reads "secret\/data\/team-b\/api"; allowed/u);
    expect(message).toMatch(/sidekey\.dev\/vault-role: is "team-b"; allowed in this namespace: "team-a"/u);
  });
  expect(agentOf(await dryRun(asking({ 'vault-role': 'team-a' })))).toBeDefined();
});

test('a namespace and a pod of it may be made in one go', async () => {
  const name = 'sidekey-test-new';
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'own', namespace: name } };
  const own = pod('first', asking({ 'vault-role': 'team-a' }), name);
  const withAccount = { ...own, spec: { containers: [MODEL_SERVER], serviceAccountName: 'own' } };
  const items = [namespace, account, withAccount];
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  await stage.cluster.kubectl(['create', '-f', '-'], list);
  expect(agentOf((await stage.get('pod', 'first', '-n', name)) as unknown as Pod)).toBeDefined();
});

test('the agent keeps to a LimitRange that came later', async () => {
  const limits = [{ type: 'Container', min: { memory: '300Mi' } }];
  const metadata = { name: 'large', namespace: NAMESPACE };
  const limitRange = { apiVersion: 'v1', kind: 'LimitRange', metadata, spec: { limits } };
  await stage.cluster.kubectl(['create', '-f', '-'], JSON.stringify(limitRange));
  const resources = { limits: { cpu: '1', memory: '1Gi' } };
  const object = {
    ...pod('dry', asking({ 'vault-role': 'team-a' })),
    spec: { containers: [{ ...MODEL_SERVER, resources }] },
  };
  try {
    await eventually('the agent within the limits', SLOW_MS, async () => {
      const agent = agentOf(await create(object, '--dry-run=server'));
      expect(agent).toMatchObject({ resources: { requests: { memory: '300Mi' } } });
    });
  } finally {
    await stage.cluster.kubectl(['delete', 'limitrange', 'large', '-n', NAMESPACE]);
  }
});

test('the ReplicaSet of pods that are denied is told why, and of a dry run it is not', async () => {
  const replicaSet = await replicaSetOf(asking({ 'vault-role': 'team-b' }));
  await eventually('the Event', SLOW_MS, async () => {
    expect(await told()).toContain('"team-b"; allowed in this namespace: "team-a"');
  });
  const described = await stage.cluster.kubectl(['describe', 'replicaset', 'model', '-n', NAMESPACE]);
  expect(described).toContain('InjectionDenied');
  const owner = { ...OWNER, uid: textIn(objectIn(replicaSet, 'metadata'), 'uid') };
  const owned = (role: string): object => {
    const made = pod('owned', asking({ 'vault-role': role }));
    return { ...made, metadata: { ...made.metadata, ownerReferences: [owner] } };
  };
  await expect(create(owned('dry-run'), '--dry-run=server')).rejects.toThrow('"dry-run"; allowed');
  await expect(create(owned('in-earnest'))).rejects.toThrow('"in-earnest"; allowed');
  await eventually('the Event of what was asked in earnest', SLOW_MS, async () => {
    expect(await told()).toContain('"in-earnest"');
  });
  expect(await told()).not.toContain('"dry-run"');
  await stage.cluster.kubectl(['delete', 'replicaset', 'model', '-n', NAMESPACE]);
});

const OWNER = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'model', controller: true };

async function replicaSetOf(annotations: Keys): Promise<JsonObject> {
  const template = {
    metadata: { labels: { app: 'model' }, annotations },
    spec: { containers: [MODEL_SERVER] },
  };
  const spec = { replicas: 1, selector: { matchLabels: { app: 'model' } }, template };
  const metadata = { name: 'model', namespace: NAMESPACE };
  const replicaSet = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata, spec };
  await stage.cluster.kubectl(['create', '-f', '-'], JSON.stringify(replicaSet));
  return await stage.get('replicaset', 'model', '-n', NAMESPACE);
}

/** What ReplicaSets of the namespace were told. */
async function told(): Promise<string> {
  const events = listIn(await stage.get('events', '-n', NAMESPACE), 'items');
  const ours = events.filter(
    (one) =>
      textIn(one, 'reason') === 'InjectionDenied' &&
      textIn(objectIn(one, 'involvedObject'), 'kind') === 'ReplicaSet',
  );
  return ours.map((one) => textIn(one, 'message')).join('\n');
}

test('without its webhooks the cluster goes on, and all is as before once they are applied again', async () => {
  for (const one of stage.replicas) await one.stop();
  for (const name of ['00-sidekey', 'zz-sidekey'])
    await stage.cluster.kubectl(['delete', 'mutatingwebhookconfiguration', name]);
  await eventually('a pod without secrets', SLOW_MS, async () => {
    expect(agentOf(await dryRun(asking({ 'vault-role': 'team-a' })))).toBeUndefined();
  });
  await stage.configure();
  for (const one of stage.replicas) one.launch();
  await stage.ready(...stage.replicas);
  await eventually('an agent again', SLOW_MS, async () => {
    expect(agentOf(await dryRun(asking({ 'vault-role': 'team-a' })))).toBeDefined();
  });
});

test('a certificate that somebody else keeps is served when both webhooks trust it, and none is made', async () => {
  for (const one of stage.replicas) await one.stop();
  await using injector = await Injector.prepare(stage.told);
  await injector.writeCertificate();
  injector.launch();
  await eventually('the reason', SLOW_MS, async () => {
    expect((await injector.ask('/readyz')).body).toContain('does not trust the certificate');
  });
  await stage.trust(injector.certificate.caPem);
  await stage.ready(injector);
  const next = await loopbackCertificate();
  await injector.writeCertificate(next);
  await eventually('the new files', SLOW_MS, () => {
    expect(injector.output).toContain('Found a new certificate');
    return Promise.resolve();
  });
  const ends = 'sidekey_injector_cert_not_after_timestamp_seconds';
  expect(await injector.metric(ends)).toBe(injector.certificate.notAfter.getTime() / 1000);
  await stage.trust(next.caPem, injector.certificate.caPem);
  await eventually('the new certificate served', SLOW_MS, async () => {
    expect(await injector.metric(ends)).toBe(next.notAfter.getTime() / 1000);
  });
  await stage.ready(injector);
  expect(await injector.metric('sidekey_injector_leader')).toBe(0);
  expect(await injector.metric('sidekey_injector_certificates_made_total{what="authority"}')).toBe(0);
});
