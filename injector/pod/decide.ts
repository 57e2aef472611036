import { isArray, type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import { findOurContainer } from './own.ts';

/** Why a request is let through untouched. For logs, metrics, warnings and audit annotations alike. */
export const SKIP_REASONS = {
  unsupported_kind: 'only pods are injected',
  unsupported_operation: 'pods are injected only when they are created',
  not_requested: 'the pod does not ask for an agent',
  system_namespace: 'pods of system namespaces are not injected',
  own_namespace: "pods of the injector's own namespace are not injected",
  mirror_pod: 'the pod is a static one, which the kubelet runs without asking',
  not_pending: 'the pod already ran',
  windows_pod: 'the agent does not run on Windows',
  foreign_injector: 'another injector has put its own agent into the pod',
} as const satisfies Readonly<Record<string, string>>;

export type SkipReason = keyof typeof SKIP_REASONS;

export type Decision = { readonly inject: true } | { readonly inject: false; readonly reason: SkipReason };

/** What a decision is made from. */
export interface Candidate {
  readonly operation: string;
  /** As in a rule: `v1/pods`. */
  readonly resource: string;
  readonly namespace: string;
  /** The namespace of the injector. */
  readonly ownNamespace: string;
  /** Whether the annotations ask for an agent, well or badly. */
  readonly requested: boolean;
  readonly pod: JsonObject;
}

const SYSTEM_NAMESPACES = new Set(['kube-system', 'kube-public', 'kube-node-lease']);

/** The agents of the Vault, OpenBao and Infisical injectors. */
const FOREIGN_AGENTS = new Set([
  'vault-agent',
  'vault-agent-init',
  'openbao-agent',
  'openbao-agent-init',
  'infisical-agent',
  'infisical-agent-init',
]);

/** In the order in which they are tested: the first that holds is the reason. */
const RULES: readonly (readonly [SkipReason, (candidate: Candidate) => boolean])[] = [
  ['unsupported_kind', ({ resource }) => resource !== 'v1/pods'],
  ['unsupported_operation', ({ operation }) => operation !== 'CREATE'],
  ['not_requested', ({ requested }) => !requested],
  ['system_namespace', ({ namespace }) => SYSTEM_NAMESPACES.has(namespace)],
  ['own_namespace', ({ namespace, ownNamespace }) => namespace === ownNamespace],
  ['mirror_pod', ({ pod }) => isMirror(pod)],
  ['not_pending', ({ pod }) => !['', 'Pending'].includes(textIn(objectIn(pod, 'status'), 'phase'))],
  ['windows_pod', ({ pod }) => isWindows(objectIn(pod, 'spec'))],
  // One that came after ours found ours there, and means to live beside it.
  [
    'foreign_injector',
    ({ pod }) => hasForeignAgent(objectIn(pod, 'spec')) && findOurContainer(pod) === undefined,
  ],
];

/** Whether a pod gets an agent. Says nothing about whether what it asks for is sound. */
export function decide(candidate: Candidate): Decision {
  const rule = RULES.find(([, applies]) => applies(candidate));
  return rule === undefined ? { inject: true } : { inject: false, reason: rule[0] };
}

function isMirror(pod: JsonObject): boolean {
  return Object.hasOwn(objectIn(objectIn(pod, 'metadata'), 'annotations'), 'kubernetes.io/config.mirror');
}

function isWindows(spec: JsonObject): boolean {
  const selector = objectIn(spec, 'nodeSelector');
  const selected = SYSTEM_LABELS.map((label) => textIn(selector, label)).find((system) => system !== '');
  const system = textIn(objectIn(spec, 'os'), 'name') || (selected ?? '');
  if (system !== '') return system === WINDOWS;
  return WINDOWS_BUILD in selector || isHostProcess(spec) || wantsWindows(objectIn(spec, 'affinity'));
}

/** Nodes of no other system have this label. */
const WINDOWS_BUILD = 'node.kubernetes.io/windows-build';

/** Only on Windows there are such pods. */
const isHostProcess = (spec: JsonObject): boolean =>
  [spec, ...listIn(spec, 'containers')].some((owner) => {
    const options = objectIn(objectIn(owner, 'securityContext'), 'windowsOptions');
    return options['hostProcess'] === true;
  });

/** The second is the first's name before 1.14, which nodes have still. */
const SYSTEM_LABELS: readonly string[] = ['kubernetes.io/os', 'beta.kubernetes.io/os'];
const WINDOWS = 'windows';

/** True if no node with another system will do. One of the terms is enough for a node, and it has to meet all of that term. */
function wantsWindows(affinity: JsonObject): boolean {
  const required = objectIn(
    objectIn(affinity, 'nodeAffinity'),
    'requiredDuringSchedulingIgnoredDuringExecution',
  );
  const terms = listIn(required, 'nodeSelectorTerms');
  return terms.length > 0 && terms.every(isForWindows);
}

function isForWindows(term: JsonObject): boolean {
  return listIn(term, 'matchExpressions').some(({ key, operator, values }) => {
    if (!SYSTEM_LABELS.some((label) => label === key) || !isArray(values)) return false;
    // The kubelet labels every node, and runs on these two systems alone.
    if (operator === 'NotIn') return values.includes('linux');
    return operator === 'In' && values.length > 0 && values.every((value) => value === WINDOWS);
  });
}

function hasForeignAgent(spec: JsonObject): boolean {
  const containers = [...listIn(spec, 'containers'), ...listIn(spec, 'initContainers')];
  return containers.some((container) => FOREIGN_AGENTS.has(textIn(container, 'name')));
}
