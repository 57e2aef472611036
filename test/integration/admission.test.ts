import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { CONTAINER } from '#contract/layout.ts';
import { eventually, PATIENCE_MS } from '../servers/eventually.ts';
import { type PatchWebhook, servePatch } from '../servers/patch-webhook.ts';
import { Admission } from './admission-stage.ts';
import { agentOf, ASKS, type Container, MODEL_SERVER, mountsOf, type Pod, VAULT } from './pods.ts';

const NAMESPACE = 'sidekey-test-ml';
const RESTRICTED = 'sidekey-test-restricted';
let stage: Admission;
let webhook: PatchWebhook | undefined;

beforeAll(async () => {
  stage = await Admission.start(NAMESPACE);
  await stage.makeNamespace(RESTRICTED, { 'pod-security.kubernetes.io/enforce': 'restricted' });
});

afterEach(async () => {
  await webhook?.close();
  webhook = undefined;
  await stage.cluster.kubectl(['delete', 'pods', '--all', '--namespace', NAMESPACE, '--now']);
  for (const name of ['mm-test', 'zzz-test']) await stage.unconfigure(name);
});

afterAll(async () => {
  await stage.cluster.forget(['namespace', RESTRICTED]);
  await stage[Symbol.asyncDispose]();
});

const requests = (result: string, reason: string): Promise<number> =>
  stage.injector.metric(`sidekey_injector_requests_total{result="${result}",reason="${reason}"}`);

test('the user’s pod is stored with the agent, its own container untouched but for the files', async () => {
  const made = await stage.create({ annotations: ASKS });
  const pod = JSON.parse(
    await stage.cluster.kubectl(['get', 'pod', made.metadata.name, '-n', NAMESPACE, '-o', 'json']),
  ) as Pod;
  expect(agentOf(pod)).toMatchObject({ image: 'sidekey/agent:test', args: ['run'], restartPolicy: 'Always' });
  expect(pod.spec.containers).toHaveLength(1);
  expect(pod.spec.containers[0]).toMatchObject({ name: 'model-server', image: MODEL_SERVER.image });
  expect(mountsOf(pod.spec.containers[0])).toEqual(['/vault/secrets']);
  expect(pod.metadata.annotations).toMatchObject({ ...ASKS, [`${VAULT}agent-inject-status`]: 'injected' });
});

const cpuAndMemory = { cpu: '1', memory: '1Gi' };

test.each([
  ['BestEffort', {}],
  ['Burstable', { requests: { cpu: '500m' } }],
  ['Guaranteed', { limits: cpuAndMemory, requests: cpuAndMemory }],
  ['Guaranteed', { limits: { cpu: '0.1', memory: '64Mi' } }],
])(
  'a %s pod keeps its class with an agent (%j)',
  async (expected, { limits = {}, requests: asked = {} }: Resources) => {
    const resources = { limits: { ...limits, ...MODEL_SERVER.resources.limits }, requests: asked };
    const spec = { containers: [{ ...MODEL_SERVER, resources }] };
    const without = await stage.create({ spec });
    const injected = await stage.create({ spec, annotations: ASKS });
    expect(agentOf(injected)).toBeDefined();
    expect([without.status.qosClass, injected.status.qosClass]).toEqual([expected, expected]);
  },
);

interface Resources {
  readonly limits?: Readonly<Record<string, string>>;
  readonly requests?: Readonly<Record<string, string>>;
}

test('a namespace with a maximum for each container’s disk takes an injected pod', async () => {
  const limits = [{ type: 'Container', max: { 'ephemeral-storage': '1Gi' } }];
  const metadata = { name: 'disk', namespace: NAMESPACE };
  await stage.configure({ apiVersion: 'v1', kind: 'LimitRange', metadata, spec: { limits } });
  try {
    const disk = { 'ephemeral-storage': '1Gi' };
    await eventually('the limits in force', PATIENCE_MS, async () => {
      const { containers } = (await stage.create({}, '--dry-run=server')).spec;
      expect(containers[0]).toMatchObject({ resources: { limits: disk } });
    });
    const injected = await stage.create({ annotations: ASKS });
    expect(agentOf(injected)).toMatchObject({ resources: { limits: disk } });
    expect(injected.status.qosClass).toBe('BestEffort');
  } finally {
    await stage.cluster.kubectl(['delete', 'limitrange', 'disk', '--namespace', NAMESPACE]);
  }
});

const asking = (spec: object): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', annotations: ASKS }, spec });

test('a namespace that enforces the restricted standard takes an injected pod, and does enforce it', async () => {
  const securityContext = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
  };
  const spec = { containers: [{ ...MODEL_SERVER, securityContext }] };
  const args = ['create', '-n', RESTRICTED, '-f', '-', '-o', 'json'];
  expect(agentOf(JSON.parse(await stage.cluster.kubectl(args, asking(spec))) as Pod)).toBeDefined();
  await expect(stage.cluster.kubectl(args, asking({ containers: [MODEL_SERVER] }))).rejects.toThrow(
    /violates PodSecurity/u,
  );
});

test('both configurations call us, and the second call changes nothing', async () => {
  const [injected, unchanged] = [await requests('injected', 'run'), await requests('injected', 'unchanged')];
  const pod = await stage.create({ annotations: ASKS });
  expect(await requests('injected', 'run')).toBe(injected + 1);
  expect(await requests('injected', 'unchanged')).toBeGreaterThan(unchanged);
  expect(pod.spec.initContainers?.map(({ name }) => name)).toEqual([CONTAINER.run]);
  const volumes = pod.spec.volumes?.map(({ name }) => name) ?? [];
  expect(volumes.filter((name) => name.startsWith('sidekey-'))).toHaveLength(3);
});

test('a pod that a webhook between ours annotates is injected all the same', async () => {
  webhook = await servePatch('mm-test', ({ metadata }) =>
    metadata.annotations?.[`${VAULT}agent-inject`] === undefined
      ? [{ op: 'add', path: '/metadata/annotations', value: ASKS }]
      : [],
  );
  await stage.configure(webhook.configuration);
  const labels = { webhook: 'mm-test' };
  await stage.inForce({ labels });
  const pod = await stage.create({ labels });
  expect(mountsOf(pod.spec.containers[0])).toEqual(['/vault/secrets']);
});

test('an init container that a webhook after both of ours adds gets the files, too', async () => {
  const late = { name: 'late', image: 'busybox' };
  webhook = await servePatch('zzz-test', ({ spec }) =>
    spec.initContainers?.some(({ name }) => name === 'late') === true
      ? []
      : [{ op: 'add', path: '/spec/initContainers/-', value: late }],
  );
  await stage.configure(webhook.configuration);
  const wanted = { annotations: ASKS, labels: { webhook: 'zzz-test' } };
  const lateOne = async (): Promise<Container | undefined> =>
    (await stage.create(wanted, '--dry-run=server')).spec.initContainers?.find(({ name }) => name === 'late');
  await expect.poll(lateOne).toBeDefined();
  expect(mountsOf(await lateOne())).toEqual(['/vault/secrets']);
});

test('a dry run shows the injected pod and stores nothing', async () => {
  const pod = await stage.create({ annotations: ASKS }, '--dry-run=server');
  expect(agentOf(pod)).toBeDefined();
  expect(await stage.cluster.kubectl(['get', 'pods', '-n', NAMESPACE, '-o', 'name'])).toBe('');
});

test.each([
  [`${VAULT}agent-inject`, 'yes'],
  ['sidekey.dev/inject', '1'],
])('%s: %j, which is neither true nor false, is refused by us, not passed by', async (key, value) => {
  const message = await stage.refusal({ annotations: { [key]: value } });
  expect(message).toContain('admission webhook "00.sidekey.dev" denied the request');
  expect(message).toContain(`${key}: `);
});

test('the message of a refusal lists every problem', async () => {
  const wrong = {
    ...ASKS,
    [`${VAULT}role`]: '',
    [`${VAULT}agent-pre-populate-only`]: 'perhaps',
    [`${VAULT}agent-inject-file-api`]: '../../etc/passwd',
    [`${VAULT}service`]: 'https://elsewhere:8200',
  };
  const message = await stage.refusal({ annotations: wrong });
  for (const key of ['role', 'agent-pre-populate-only', 'agent-inject-file-api', 'service'])
    expect(message).toContain(`${VAULT}${key}: `);
});

test('a pod that has another injector’s agent is left as it is', async () => {
  const containers = [MODEL_SERVER, { name: 'vault-agent', image: 'vault' }];
  const skipped = await requests('skipped', 'foreign_injector');
  expect(agentOf(await stage.create({ annotations: ASKS, spec: { containers } }))).toBeUndefined();
  expect(await requests('skipped', 'foreign_injector')).toBeGreaterThan(skipped);
});

test('while the injector is down, pods that do not ask are made and pods that ask are refused', async () => {
  await stage.injector.stop();
  try {
    expect(agentOf(await stage.create({}))).toBeUndefined();
    expect(await stage.refusal({ annotations: ASKS })).toMatch(/failed calling webhook "00\.sidekey\.dev"/u);
  } finally {
    await stage.injector.start();
  }
  await stage.inForce({ annotations: ASKS });
});
