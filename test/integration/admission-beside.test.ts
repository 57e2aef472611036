import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CONTAINER } from '#contract/layout.ts';
import { type PatchedPod, type PatchWebhook, servePatch } from '../servers/patch-webhook.ts';
import { patchOfVault } from '../servers/vault-injector.ts';
import { Admission } from './admission-stage.ts';
import { agentOf, ASKS, ASKS_NATIVELY, mountsOf, NATIVE, type Pod, VAULT } from './pods.ts';

const NAMESPACE = 'sidekey-test-beside';
let stage: Admission;
let webhooks: { readonly name: string; readonly webhook: PatchWebhook }[] = [];

beforeAll(async () => {
  stage = await Admission.start(NAMESPACE);
});

afterEach(async () => {
  await Promise.all(
    webhooks.map(async ({ name, webhook }) => {
      await stage.unconfigure(name);
      await webhook.close();
    }),
  );
  webhooks = [];
});

afterAll(() => stage[Symbol.asyncDispose]());

/** Names of configurations, which the API server calls in the order of their letters. */
const BEFORE = '0-before';
const BETWEEN = 'mm-between';
const AFTER = 'zzz-after';

type Patch = (pod: PatchedPod) => readonly object[];

/** Puts a webhook beside ours, and waits until the API server calls it for pods with its label. */
async function beside(name: string, patch: Patch): Promise<Readonly<Record<string, string>>> {
  let calls = 0;
  const counted: Patch = (pod) => {
    calls += 1;
    return patch(pod);
  };
  const webhook = await servePatch(name, counted);
  webhooks.push({ name, webhook });
  await stage.configure(webhook.configuration);
  const labels = { webhook: name };
  await expect
    .poll(
      async () => {
        await stage.create({ labels }, '--dry-run=server');
        return calls;
      },
      { timeout: 15_000 },
    )
    .toBeGreaterThan(0);
  return labels;
}

const names = (containers: readonly { readonly name: string }[] = []): readonly string[] =>
  containers.map(({ name }) => name);

const skipped = (): Promise<number> =>
  stage.injector.metric('sidekey_injector_requests_total{result="skipped",reason="foreign_injector"}');

describe('beside the Vault Agent Injector', () => {
  const VAULTS = ['vault-agent', 'vault-agent-init'];

  test.each([BETWEEN, AFTER])('called before it (it is %s), ours is the only agent', async (name) => {
    const labels = await beside(name, patchOfVault);
    const pod = await stage.create({ annotations: ASKS, labels });
    expect(names(pod.spec.initContainers)).toEqual([CONTAINER.run]);
    expect(names(pod.spec.containers)).toEqual(['model-server']);
    expect(mountsOf(pod.spec.containers[0])).toEqual(['/vault/secrets']);
  });

  test('called after it, there is its agent alone, and nothing of ours', async () => {
    const labels = await beside(BEFORE, patchOfVault);
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
      const labels = await beside(name, patchOfVault);
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
  const labels = await beside(BETWEEN, infisicalAgent);
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
      const labels = await beside(name, ofKserve);
      const pod = await stage.create({ annotations: ASKS_NATIVELY, labels });
      expect(names(pod.spec.initContainers)).toEqual([CONTAINER.run, initializer.name]);
      expect(mountsOf(pod.spec.initContainers?.[1])).toEqual(['/run/secrets/sidekey']);
    },
  );

  test.each([BEFORE, BETWEEN, AFTER])(
    'called at any time (it is %s), drop-in the agent comes last, as its author knows it',
    async (name) => {
      const labels = await beside(name, ofKserve);
      const pod = await stage.create({ annotations: ASKS, labels });
      expect(names(pod.spec.initContainers)).toEqual([initializer.name, CONTAINER.run]);
      expect(mountsOf(pod.spec.initContainers?.[0])).toEqual(['/vault/secrets']);
    },
  );
});

describe('a webhook that annotates pods', () => {
  const annotating: Patch = ({ metadata: { annotations = {} } }) =>
    annotations[`${NATIVE}inject`] === undefined
      ? [{ op: 'add', path: '/metadata/annotations', value: { ...annotations, ...ASKS_NATIVELY } }]
      : [];

  test.each([BEFORE, BETWEEN])('before the last of ours (it is %s) has them injected', async (name) => {
    const labels = await beside(name, annotating);
    expect(agentOf(await stage.create({ labels }))).toBeDefined();
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
      .poll(async () => (await given()).spec.containers[0]?.resources?.limits, { timeout: 15_000 })
      .toEqual(expect.objectContaining({ cpu: '1' }));
    const pod = await stage.create({ annotations: ASKS, spec });
    expect(agentOf(pod)).toBeDefined();
    expect(pod.status.qosClass).toBe('Guaranteed');
  } finally {
    await stage.cluster.kubectl(['delete', 'limitrange', 'defaults', '--namespace', NAMESPACE]);
  }
});
