import { beforeAll, describe, expect, test } from 'vitest';
import { isArray, isObject, type JsonObject, objectIn, textIn } from '#contract/json.ts';
import { asking, askingVault, dropIn, OWN_PATH } from '../../governance/cases/asking.ts';
import { IDENTITY, own } from '../../governance/cases/namespaces.ts';
import { CONTAINER_HABITS } from '../../governance/habits/container-habits.ts';
import { habitPolicy } from '../../governance/habits/habit.ts';
import { POD_HABITS } from '../../governance/habits/pod-habits.ts';
import { injected, SETTINGS } from '../../injector/admission/example.ts';
import { runKyverno } from '../../governance/engines/kyverno.ts';

const HABITS = [...CONTAINER_HABITS, ...POD_HABITS];
const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

/** As an operator has it who keeps to the habits. */
const INJECTOR = { ...SETTINGS, agentImage: `ghcr.io/sidekey/agent:1.0.0@${DIGEST}` };

const RESOURCES = { cpu: '8', memory: '64Gi' };

const RESTRICTED = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
  runAsGroup: 1000,
  runAsNonRoot: true,
  runAsUser: 1000,
  seccompProfile: { type: 'RuntimeDefault' },
};

const probe = (path: string): JsonObject => ({ httpGet: { path, port: 8000 }, periodSeconds: 5 });

/** A pod that keeps to every habit and takes a slice of a GPU. */
const clean = (annotations: Readonly<Record<string, string>>): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'model',
    namespace: 'team-a',
    labels: { 'app.kubernetes.io/name': 'model' },
    annotations,
  },
  spec: {
    serviceAccountName: 'model',
    automountServiceAccountToken: false,
    nodeSelector: { 'gpu-type': 'h100-mig' },
    containers: [
      {
        name: 'model-server',
        image: `registry.example/model-server:7@${DIGEST}`,
        ports: [{ name: 'http', containerPort: 8000 }],
        livenessProbe: probe('/live'),
        readinessProbe: probe('/ready'),
        resources: { requests: RESOURCES, limits: { ...RESOURCES, 'nvidia.com/mig-3g.40gb': 1 } },
        securityContext: RESTRICTED,
        volumeMounts: [{ name: 'shm', mountPath: '/dev/shm' }],
      },
    ],
    volumes: [{ name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: '8Gi' } }],
  },
});

const VAULT = askingVault(OWN_PATH);
const NATIVE = asking({
  'vault-role': 'team-a',
  'secret.api': `vault:${OWN_PATH}#key`,
  'infisical-identity': IDENTITY,
  'secret.token': 'infisical:ml/prod/serving#HF_TOKEN',
});

/** Ways to ask that come to different containers and volumes. */
const ASKING: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'in the words of the Vault Agent Injector': VAULT,
  'in its own words, of both stores': NATIVE,
  'in both words': { ...VAULT, ...NATIVE },
  'before it starts and never again': { ...VAULT, ...dropIn({ 'agent-pre-populate-only': 'true' }) },
  'before it starts, in its own words': { ...NATIVE, ...own({ mode: 'init' }) },
};

/** A pod with containers as an injector adds them that knows nothing of the habits. */
function naive(pod: JsonObject): JsonObject {
  const spec = objectIn(pod, 'spec');
  const mounts = { volumeMounts: [{ name: 'agent-files', mountPath: '/vault/secrets' }] };
  const agent = {
    image: 'agent',
    command: ['agent'],
    env: [{ name: 'STORE', value: 'https://store' }],
    ...mounts,
  };
  return {
    ...pod,
    spec: {
      ...spec,
      initContainers: [{ name: 'agent-init', ...agent }],
      containers: [...(spec['containers'] as readonly JsonObject[]), { name: 'agent', ...agent }],
      volumes: [
        ...(spec['volumes'] as readonly JsonObject[]),
        { name: 'agent-files', emptyDir: { medium: 'Memory' } },
      ],
    },
  };
}

/** Pods that break what the naive one keeps to. */
const BAD: Readonly<Record<string, JsonObject>> = {
  'bad container': withSpec({
    containers: [
      {
        name: 'other',
        image: 'registry.example/server:latest',
        imagePullPolicy: 'Never',
        ports: [{ containerPort: 80, hostPort: 80 }],
        livenessProbe: { exec: { command: ['true'] } },
        readinessProbe: { exec: { command: ['true'] } },
        resources: { limits: { memory: '2Ti' } },
        securityContext: { privileged: true, procMount: 'Unmasked', capabilities: { add: ['SYS_ADMIN'] } },
        env: [
          { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'token', key: 'token' } } },
          { name: 'NVIDIA_VISIBLE_DEVICES', value: 'all' },
        ],
        volumeMounts: [{ name: 'v', mountPath: '/v', subPath: 'a', mountPropagation: 'Bidirectional' }],
      },
      ...['other', 'c', 'd', 'e', 'f'].map((name) => ({
        name,
        image: 'server',
        ports: [{ containerPort: 80 }],
      })),
    ],
    initContainers: [{ name: 'i', image: 'server', livenessProbe: { exec: { command: ['true'] } } }],
  }),
  'bad pod': withSpec({
    serviceAccountName: 'default',
    automountServiceAccountToken: true,
    nodeName: 'node-1',
    hostNetwork: true,
    shareProcessNamespace: true,
    securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] },
    containers: [{ name: 'model-server', image: 'server' }],
    volumes: [
      { name: 'h', hostPath: { path: '/data' } },
      {
        name: 't',
        projected: { sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 86_400 } }] },
      },
    ],
  }),
};

function withSpec(spec: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'model', namespace: 'team-a' }, spec };
}

const PODS: Readonly<Record<string, JsonObject>> = {
  clean: clean({}),
  naive: naive(clean({})),
  ...BAD,
  ...Object.fromEntries(
    Object.entries(ASKING).map(([how, annotations]) => [how, injected(clean(annotations), INJECTOR)]),
  ),
};

/** What Kyverno makes of every habit, by pod and habit. */
let results: ReadonlyMap<string, string>;

beforeAll(async () => {
  const requests = Object.entries(PODS).map(([uid, object]) => creationOf(uid, object));
  const namespaces = [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team-a' } }];
  const asked = { policies: HABITS.map(habitPolicy), namespaces, requests };
  const answers: unknown = JSON.parse(await runKyverno(['admission'], JSON.stringify(asked)));
  if (!isArray(answers)) throw new TypeError('Kyverno printed no list');
  results = new Map(
    answers
      .filter(isObject)
      .map((answer) => [`${textIn(answer, 'uid')} ${textIn(answer, 'policy')}`, textIn(answer, 'result')]),
  );
});

function creationOf(uid: string, object: JsonObject): JsonObject {
  return {
    uid,
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    name: 'model',
    namespace: 'team-a',
    operation: 'CREATE',
    userInfo: { username: 'oidc:bob', groups: ['system:authenticated'] },
    object,
  };
}

/** The habits that a pod has this result for. */
const habitsOf = (pod: string, result: string): readonly string[] =>
  HABITS.map(({ name }) => name).filter((name) => results.get(`${pod} ${name}`) === result);

const ALL = HABITS.map(({ name }) => name);

test('there are many habits, each with a name of its own', () => {
  expect(new Set(ALL).size).toBe(ALL.length);
  expect(ALL.length).toBeGreaterThanOrEqual(50);
});

test('a clean pod keeps to all of them', () => {
  expect(habitsOf('clean', 'pass')).toEqual(ALL);
});

describe('a clean pod that is injected and asked', () => {
  test.each(Object.keys(ASKING))('%s keeps to all of them', (how) => {
    expect(habitsOf(how, 'pass')).toEqual(ALL);
  });
});

test('a pod with a container that was added without a thought breaks many of them, so they can be broken', () => {
  const broken = habitsOf('naive', 'fail');
  expect(broken.length).toBeGreaterThanOrEqual(20);
  expect(broken).toEqual(
    expect.arrayContaining([
      'image-by-digest',
      'liveness-probe',
      'readiness-probe',
      'memory-request-is-limit',
      'guaranteed',
      'no-privilege-escalation',
      'drops-all-capabilities',
      'read-only-root',
      'runs-as-non-root',
      'seccomp-profile',
      'room-of-empty-directories',
    ]),
  );
});

test('there is none that no pod could break', () => {
  const broken = new Set(['naive', ...Object.keys(BAD)].flatMap((pod) => habitsOf(pod, 'fail')));
  expect(ALL.filter((name) => !broken.has(name))).toEqual([]);
});
