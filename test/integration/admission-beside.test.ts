import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { objectIn, textIn } from '#contract/json.ts';
import { CONTAINER } from '#contract/layout.ts';
import { INJECTED } from '../../governance/policy/injected.ts';
import { validatingAdmissionPolicy } from '../../governance/policy/validating-admission-policy.ts';
import { SETTINGS as POLICY_SETTINGS } from '../governance/cases/namespaces.ts';
import { eventually, PATIENCE_MS } from '../servers/eventually.ts';
import { type PatchedPod, type PatchWebhook, servePatch } from '../servers/patch-webhook.ts';
import { patchOfVault } from '../servers/vault-injector.ts';
import { Admission } from './admission-stage.ts';
import { agentOf, ASKS, ASKS_NATIVELY, mountsOf, NATIVE, type Pod, VAULT } from './pods.ts';

const NAMESPACE = 'sidekey-test-beside';
/** Names of configurations, which the API server calls in the order of their letters. */
const BEFORE = '0-before';
const BETWEEN = 'mm-between';
const AFTER = 'zzz-after';
const OTHERS = [BEFORE, BETWEEN, AFTER];

type Patch = (pod: PatchedPod) => readonly object[];

let stage: Admission;
let webhooks: readonly PatchWebhook[] = [];
/** What each of the others does to a pod that has its label. */
const patches = new Map<string, Patch>();
const called = new Set<string>();

beforeAll(async () => {
  stage = await Admission.start(NAMESPACE);
  webhooks = await Promise.all(OTHERS.map(serve));
  for (const { configuration } of webhooks) await stage.configure(configuration);
  for (const name of OTHERS) await eventually(`a call of ${name}`, PATIENCE_MS, () => call(name));
});

afterAll(async () => {
  await stage.cluster.forget(['mutatingwebhookconfigurations', ...OTHERS]);
  await Promise.all(webhooks.map((webhook) => webhook.close()));
  await stage[Symbol.asyncDispose]();
});

function serve(name: string): Promise<PatchWebhook> {
  return servePatch(name, (pod) => {
    called.add(name);
    return patches.get(name)?.(pod) ?? [];
  });
}

async function call(name: string): Promise<void> {
  await stage.create({ labels: { webhook: name } }, '--dry-run=server');
  if (!called.has(name)) throw new Error(`The API server does not call ${name}`);
}

/** The labels of a pod that one of the others is to change. */
function beside(name: string, patch: Patch): Readonly<Record<string, string>> {
  patches.set(name, patch);
  return { webhook: name };
}

const names = (containers: readonly { readonly name: string }[] = []): readonly string[] =>
  containers.map(({ name }) => name);

const skipped = (): Promise<number> =>
  stage.injector.metric('sidekey_injector_requests_total{result="skipped",reason="foreign_injector"}');

describe('beside the Vault Agent Injector', () => {
  const VAULTS = ['vault-agent', 'vault-agent-init'];

  test.each([BETWEEN, AFTER])('called before it (it is %s), ours is the only agent', async (name) => {
    const labels = beside(name, patchOfVault);
    const pod = await stage.create({ annotations: ASKS, labels });
    expect(names(pod.spec.initContainers)).toEqual([CONTAINER.run]);
    expect(names(pod.spec.containers)).toEqual(['model-server']);
    expect(mountsOf(pod.spec.containers[0])).toEqual(['/vault/secrets']);
  });

  test('called after it, there is its agent alone, and nothing of ours', async () => {
    const labels = beside(BEFORE, patchOfVault);
    const before = await skipped();
    const pod = await stage.create({ annotations: ASKS, labels });
    const all = [...names(pod.spec.containers), ...names(pod.spec.initContainers)];
    expect(all.toSorted()).toEqual(['model-server', ...VAULTS]);
    expect(names(pod.spec.volumes).filter((name) => name.startsWith('sidekey-'))).toEqual([]);
    expect(await skipped()).toBeGreaterThan(before);
  });

  test.each([BEFORE, BETWEEN, AFTER])(
    'in any order (it is %s), our own words are ours alone',
    async (name) => {
      const labels = beside(name, patchOfVault);
      const pod = await stage.create({ annotations: ASKS_NATIVELY, labels });
      expect(names(pod.spec.initContainers)).toEqual([CONTAINER.run]);
      expect(names(pod.spec.containers)).toEqual(['model-server']);
      expect(pod.metadata.annotations).not.toHaveProperty([`${VAULT}agent-inject-status`]);
    },
  );
});

/** An agent of Infisical, put in whether or not there is one of ours. */
const infisicalAgent: Patch = ({ spec }) =>
  names(spec.containers).includes('infisical-agent')
    ? []
    : [{ op: 'add', path: '/spec/containers/-', value: { name: 'infisical-agent', image: 'infisical' } }];

test('an agent of others that comes after ours lives beside it, and ours is kept whole', async () => {
  const labels = beside(BETWEEN, infisicalAgent);
  const before = await skipped();
  const pod = await stage.create({ annotations: ASKS_NATIVELY, labels });
  expect(agentOf(pod)).toBeDefined();
  expect(pod.spec.containers.map(mountsOf)).toEqual([['/run/secrets/sidekey'], ['/run/secrets/sidekey']]);
  expect(await skipped()).toBe(before);
});

describe('beside KServe, whose webhook adds an init container that downloads the model', () => {
  const initializer = {
    name: 'storage-initializer',
    image: 'kserve/storage-initializer:v0.15.2',
    volumeMounts: [{ name: 'kserve-provision-location', mountPath: '/mnt/models' }],
  };
  const ofKserve: Patch = ({ spec: { initContainers = [], volumes = [] } }) =>
    names(initContainers).includes(initializer.name)
      ? []
      : [
          { op: 'add', path: '/spec/initContainers', value: [...initContainers, initializer] },
          {
            op: 'add',
            path: '/spec/volumes',
            value: [...volumes, { name: 'kserve-provision-location', emptyDir: {} }],
          },
        ];

  test.each([BEFORE, BETWEEN, AFTER])(
    'called at any time (it is %s), in our own words the agent comes first, and the download has the files',
    async (name) => {
      const labels = beside(name, ofKserve);
      const pod = await stage.create({ annotations: ASKS_NATIVELY, labels });
      expect(names(pod.spec.initContainers)).toEqual([CONTAINER.run, initializer.name]);
      expect(mountsOf(pod.spec.initContainers?.[1])).toEqual(['/run/secrets/sidekey']);
    },
  );

  test.each([BEFORE, BETWEEN, AFTER])(
    'called at any time (it is %s), drop-in the agent comes last, as its author knows it',
    async (name) => {
      const labels = beside(name, ofKserve);
      const pod = await stage.create({ annotations: ASKS, labels });
      expect(names(pod.spec.initContainers)).toEqual([initializer.name, CONTAINER.run]);
      expect(mountsOf(pod.spec.initContainers?.[0])).toEqual(['/vault/secrets']);
    },
  );
});

describe('beside a mesh, whose webhook puts its proxy in as a native sidecar', () => {
  const MESH = ['mesh-init', 'mesh-proxy'];
  const ofMesh: Patch = ({ spec: { initContainers = [] } }) => {
    const proxy = { name: 'mesh-proxy', image: 'mesh', restartPolicy: 'Always' };
    const value = [...initContainers, { name: 'mesh-init', image: 'mesh' }, proxy];
    return names(initContainers).includes('mesh-proxy')
      ? []
      : [{ op: 'add', path: '/spec/initContainers', value }];
  };
  const spec = { initContainers: [{ name: 'download', image: 'download' }] };

  test.each([BEFORE, BETWEEN, AFTER])(
    'called at any time (it is %s), the agent comes after the proxy, its way to the store',
    async (name) => {
      const labels = beside(name, ofMesh);
      const pod = await stage.create({ annotations: ASKS_NATIVELY, labels, spec });
      expect(names(pod.spec.initContainers)).toEqual(['download', ...MESH, CONTAINER.run]);
    },
  );
});

describe('a webhook that annotates pods', () => {
  const annotating: Patch = ({ metadata: { annotations = {} } }) =>
    annotations[`${NATIVE}inject`] === undefined
      ? [{ op: 'add', path: '/metadata/annotations', value: { ...annotations, ...ASKS_NATIVELY } }]
      : [];

  test.each([BEFORE, BETWEEN])('before the last of ours (it is %s) has them injected', async (name) => {
    const labels = beside(name, annotating);
    expect(agentOf(await stage.create({ labels }))).toBeDefined();
  });

  // The API server asks a webhook again only if it has asked it before.
  test('after both of ours gets a pod without an agent, which the policy does not let in', async () => {
    const labels = beside(AFTER, annotating);
    expect(agentOf(await stage.create({ labels }))).toBeUndefined();
    const objects = validatingAdmissionPolicy(INJECTED, POLICY_SETTINGS, 'deny');
    for (const object of objects) await stage.configure(object);
    try {
      await eventually('the policy in force', PATIENCE_MS, async () =>
        expect(await stage.refusal({ labels })).toMatch(/sidekey-injected/u),
      );
    } finally {
      for (const object of objects)
        await stage.cluster.kubectl([
          'delete',
          textIn(object, 'kind'),
          textIn(objectIn(object, 'metadata'), 'name'),
        ]);
    }
    await eventually('no policy any more', PATIENCE_MS, () => stage.create({ labels }));
  });
});

test('a pod with resources as a whole is taken where containers are given some', async () => {
  const item = { type: 'Container', default: { cpu: '1', memory: '1Gi' } };
  const metadata = { name: 'defaults', namespace: NAMESPACE };
  await stage.configure({ apiVersion: 'v1', kind: 'LimitRange', metadata, spec: { limits: [item] } });
  const compute = { cpu: '2', memory: '8Gi' };
  const resources = { requests: compute, limits: compute };
  const spec = { resources, containers: [{ name: 'model-server', image: 'cuda', resources }] };
  try {
    const given = async (): Promise<Pod> => stage.create({}, '--dry-run=server');
    await expect
      .poll(async () => (await given()).spec.containers[0]?.resources?.limits)
      .toEqual(expect.objectContaining({ cpu: '1' }));
    const pod = await stage.create({ annotations: ASKS, spec });
    expect(agentOf(pod)).toBeDefined();
    expect(pod.status.qosClass).toBe('Guaranteed');
  } finally {
    await stage.cluster.kubectl(['delete', 'limitrange', 'defaults', '--namespace', NAMESPACE]);
  }
});
