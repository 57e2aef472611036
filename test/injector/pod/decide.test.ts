import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import { type Candidate, decide, SKIP_REASONS, type SkipReason } from '../../../injector/pod/decide.ts';

const CANDIDATE: Candidate = {
  operation: 'CREATE',
  resource: 'v1/pods',
  namespace: 'team-a',
  ownNamespace: 'sidekey',
  requested: true,
  pod: { spec: { containers: [{ name: 'model-server' }] } },
};

const withContainer = (list: string, name: string): Candidate => ({
  ...CANDIDATE,
  pod: { spec: { containers: [{ name: 'model-server' }], [list]: [{ name: 'model-server' }, { name }] } },
});

const SKIPPED: readonly (readonly [string, SkipReason, Candidate])[] = [
  ['a Deployment', 'unsupported_kind', { ...CANDIDATE, resource: 'apps/v1/deployments' }],
  ['an ephemeral container', 'unsupported_kind', { ...CANDIDATE, resource: 'v1/pods/ephemeralcontainers' }],
  ['a pod that is updated', 'unsupported_operation', { ...CANDIDATE, operation: 'UPDATE' }],
  ['a pod that does not ask', 'not_requested', { ...CANDIDATE, requested: false }],
  ['a pod of kube-system', 'system_namespace', { ...CANDIDATE, namespace: 'kube-system' }],
  ['a pod of kube-public', 'system_namespace', { ...CANDIDATE, namespace: 'kube-public' }],
  ['a pod of kube-node-lease', 'system_namespace', { ...CANDIDATE, namespace: 'kube-node-lease' }],
  ["a pod of the injector's namespace", 'own_namespace', { ...CANDIDATE, namespace: 'sidekey' }],
  [
    'a mirror of a static pod',
    'mirror_pod',
    { ...CANDIDATE, pod: { metadata: { annotations: { 'kubernetes.io/config.mirror': '' } } } },
  ],
  ['a pod that ran', 'not_pending', { ...CANDIDATE, pod: { status: { phase: 'Running' } } }],
  ['a pod for Windows', 'windows_pod', { ...CANDIDATE, pod: { spec: { os: { name: 'windows' } } } }],
  [
    'a pod for nodes with Windows',
    'windows_pod',
    { ...CANDIDATE, pod: { spec: { nodeSelector: { 'kubernetes.io/os': 'windows' } } } },
  ],
  [
    'a pod for nodes with Windows, by the name that the label had once',
    'windows_pod',
    { ...CANDIDATE, pod: { spec: { nodeSelector: { 'beta.kubernetes.io/os': 'windows' } } } },
  ],
  [
    'a pod for nodes with one build of Windows',
    'windows_pod',
    { ...CANDIDATE, pod: { spec: { nodeSelector: { 'node.kubernetes.io/windows-build': '10.0.20348' } } } },
  ],
  [
    'a pod that is a process of the host, as there is on Windows alone',
    'windows_pod',
    { ...CANDIDATE, pod: { spec: { securityContext: { windowsOptions: { hostProcess: true } } } } },
  ],
  ["a pod with Vault's agent", 'foreign_injector', withContainer('containers', 'vault-agent')],
  ["a pod with Vault's init agent", 'foreign_injector', withContainer('initContainers', 'vault-agent-init')],
  ["a pod with OpenBao's agent", 'foreign_injector', withContainer('containers', 'openbao-agent')],
  ["a pod with Infisical's agent", 'foreign_injector', withContainer('containers', 'infisical-agent')],
  [
    "a pod with Infisical's init agent",
    'foreign_injector',
    withContainer('initContainers', 'infisical-agent-init'),
  ],
];

describe('a request is skipped', () => {
  it.each(SKIPPED)('for %s: %s', (_, reason, candidate) => {
    expect(decide(candidate)).toEqual({ inject: false, reason });
  });

  it('for every reason there is', () => {
    expect(new Set(SKIPPED.map(([, reason]) => reason))).toEqual(new Set(Object.keys(SKIP_REASONS)));
  });
});

/** A pod that wants nodes of whose terms one has to be met. */
const wanting = (...terms: readonly (readonly object[])[]): Candidate => {
  const nodeSelectorTerms = terms.map((matchExpressions) => ({ matchExpressions }));
  const nodeAffinity = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } };
  return { ...CANDIDATE, pod: { spec: { affinity: { nodeAffinity } } } as JsonObject };
};

const ON_WINDOWS = { key: 'kubernetes.io/os', operator: 'In', values: ['windows'] };
const WITH_GPU = { key: 'gpu', operator: 'Exists' };

describe('an affinity is for Windows', () => {
  it.each([
    ['if its term says so', wanting([ON_WINDOWS])],
    ['by the old name of the label', wanting([{ ...ON_WINDOWS, key: 'beta.kubernetes.io/os' }])],
    ['if all but Linux will do', wanting([{ ...ON_WINDOWS, operator: 'NotIn', values: ['linux'] }])],
    ['if each of its terms says so', wanting([ON_WINDOWS, WITH_GPU], [WITH_GPU, ON_WINDOWS])],
  ])('%s', (_, candidate) => {
    expect(decide(candidate)).toEqual({ inject: false, reason: 'windows_pod' });
  });

  it.each([
    ['if one of its terms does not say so', wanting([ON_WINDOWS], [WITH_GPU])],
    ['if Linux will do', wanting([{ ...ON_WINDOWS, values: ['windows', 'linux'] }])],
    ['if anything else is meant', wanting([{ ...ON_WINDOWS, operator: 'NotIn' }])],
    ['if it has no terms', wanting()],
    ['if it says nothing', wanting([])],
  ])('but not %s', (_, candidate) => {
    expect(decide(candidate)).toEqual({ inject: true });
  });
});

describe('a pod is injected', () => {
  it('if it asks and nothing speaks against it', () => {
    expect(decide(CANDIDATE)).toEqual({ inject: true });
  });

  it('if another injector came after ours, and left it there', () => {
    const agent = { name: 'sidekey-agent', env: [{ name: 'SIDEKEY_CONFIG', value: 'x' }] };
    const { pod } = withContainer('containers', 'infisical-agent');
    const spec = { ...(pod['spec'] as JsonObject), initContainers: [agent] };
    expect(decide({ ...CANDIDATE, pod: { spec } })).toEqual({ inject: true });
  });

  it('while it is pending, and on Linux by name', () => {
    const nodeSelector = { 'node.kubernetes.io/windows-build': '10.0.20348' };
    const pod = { status: { phase: 'Pending' }, spec: { os: { name: 'linux' }, nodeSelector } };
    expect(decide({ ...CANDIDATE, pod })).toEqual({ inject: true });
  });

  it('if it says itself that it was injected already', () => {
    const pod = { metadata: { annotations: { 'vault.hashicorp.com/agent-inject-status': 'injected' } } };
    expect(decide({ ...CANDIDATE, pod })).toEqual({ inject: true });
  });
});

it('does not tell who did not ask why nothing happened: asking comes before all that is about the pod', () => {
  expect(decide({ ...CANDIDATE, requested: false, namespace: 'kube-system' })).toMatchObject({
    reason: 'not_requested',
  });
});
