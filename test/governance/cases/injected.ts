import { type JsonObject, objectIn } from '#contract/json.ts';
import { CONFIG_VARIABLE } from '#contract/layout.ts';
import { injectedCases, load } from '../../golden/cases.ts';
import { injected } from '../../injector/admission/example.ts';
import { asking, askingVault, dropIn, FOREIGN_PATH, OWN_PATH } from './asking.ts';
import type { Case } from './case.ts';
import { IDENTITY, own } from './namespaces.ts';
import {
  allows,
  by,
  container,
  creates,
  denies,
  ON_SLICES,
  pod,
  sidecar,
  SLICE,
  workload,
} from './objects.ts';

const POLICY = 'sidekey-injected';

const INJECTED = dropIn({ 'agent-inject-status': 'injected' });
const ASKS = askingVault(OWN_PATH);
const NATIVE = asking({ 'vault-role': 'team-a', 'secret.api': `vault:${OWN_PATH}#key` });
const CONFIGURED = { env: [{ name: CONFIG_VARIABLE, value: 'e30=' }] };
const AGENT = sidecar('sidekey-agent', CONFIGURED);

/** A GPU pod as the injector makes it of one that asks. */
const agented = (annotations: Readonly<Record<string, string>>): JsonObject =>
  injected(pod({ annotations, limits: SLICE, spec: ON_SLICES }));

/** A pod that somebody made to look injected. */
const forged = (
  init: readonly JsonObject[],
  status: Readonly<Record<string, string>> = INJECTED,
): JsonObject => pod({ annotations: { ...ASKS, ...status }, init });

const ALLOWED = allows({
  'a pod that asked and got its agent': agented(ASKS),
  'a pod that asked in Sidekey’s own words and got its agent': agented(NATIVE),
  'a pod that asked in both words and got its agent': agented({ ...ASKS, ...NATIVE }),
  'a pod that asked for a start with secrets and got it': agented({
    ...ASKS,
    ...dropIn({ 'agent-pre-populate-only': 'true' }),
  }),
  'a pod that asked for a start with secrets in Sidekey’s own words and got it': agented({
    ...NATIVE,
    ...own({ mode: 'init' }),
  }),
  'a pod that asked with one letter and got its agent': agented({
    ...ASKS,
    ...dropIn({ 'agent-inject': 't' }),
  }),
  'a pod that asked for a secret of Infisical and got its agent': agented(
    asking({ 'infisical-identity': IDENTITY, 'secret.token': 'infisical:ml/prod/serving#HF_TOKEN' }),
  ),
  'a pod that asked for nothing': pod(),
  'a pod that says that it asks for nothing': pod({ annotations: dropIn({ 'agent-inject': 'false' }) }),
  'a pod that says so in Sidekey’s own words': pod({ annotations: own({ inject: 'false' }) }),
  'a pod that says so with nothing': pod({ annotations: dropIn({ 'agent-inject': '' }) }),
  'a pod with a status that asked for nothing': pod({ annotations: INJECTED }),
  'a pod with an agent of its own that asked for nothing': pod({ init: [sidecar('vault-agent')] }),
  'a pod of a namespace that the injector leaves alone': pod({ namespace: 'kube-system', annotations: ASKS }),
  'a pod of a namespace that is only audited': pod({
    namespace: 'rollout',
    annotations: { ...askingVault(FOREIGN_PATH) },
  }),
  'a pod of a namespace whose glass is broken': pod({
    namespace: 'broken-glass',
    annotations: dropIn({ 'agent-inject': 'true' }),
  }),
  'a template, which is injected pod by pod': workload('Deployment', { annotations: ASKS }),
  'the template of a CronJob, which is injected pod by pod': workload('CronJob', { annotations: ASKS }),
  'a forged agent and a forged status, which bring no secret': forged([AGENT]),
});

const DENIED = denies(POLICY, {
  'a pod that asked and got nothing': [pod({ annotations: ASKS }), 'vault.hashicorp.com/agent-inject'],
  'a pod that asked in Sidekey’s own words and got nothing': [
    pod({ annotations: NATIVE }),
    'sidekey.dev/inject',
  ],
  'a pod of a namespace whose glass is whole': [
    pod({ namespace: 'whole-glass', annotations: dropIn({ 'agent-inject': 'true' }) }),
    'agent-inject',
  ],
  'a pod that asked with a digit and got nothing': [
    pod({ annotations: { ...ASKS, ...dropIn({ 'agent-inject': '1' }) } }),
    'agent-inject',
  ],
  'a pod that asked badly and got nothing': [
    pod({ annotations: { ...ASKS, ...dropIn({ 'agent-inject': 'yes' }) } }),
    'agent-inject',
  ],
  'a pod that asked badly in Sidekey’s own words and got nothing': [
    pod({ annotations: { ...NATIVE, ...own({ inject: 'True' }) } }),
    'sidekey.dev/inject',
  ],
  'a status without an agent': [forged([]), 'agent-inject'],
  'an agent without a status': [forged([AGENT], {}), 'agent-inject'],
  'an agent with another status': [
    forged([AGENT], dropIn({ 'agent-inject-status': 'update' })),
    'agent-inject',
  ],
  'an agent with the status of the other family': [
    forged([AGENT], own({ status: 'injected' })),
    'agent-inject',
  ],
  'an agent by name alone': [forged([sidecar('sidekey-agent')]), 'agent-inject'],
  'an agent whose configuration comes later': [
    forged([sidecar('sidekey-agent', { env: [{ name: 'OTHER', value: 'e30=' }] })]),
    'agent-inject',
  ],
  'an agent by another name': [forged([sidecar('sidekey-agent-2', CONFIGURED)]), 'agent-inject'],
  'an agent that does not come first': [
    pod({ annotations: { ...ASKS, ...INJECTED }, beside: [container('sidekey-agent', CONFIGURED)] }),
    'agent-inject',
  ],
  'an agent of the Vault Agent Injector': [
    forged([container('vault-agent-init'), sidecar('vault-agent')]),
    'agent-inject',
  ],
  'an agent of the Vault Agent Injector beside the application': [
    pod({ annotations: { ...ASKS, ...INJECTED }, beside: [container('vault-agent')] }),
    'agent-inject',
  ],
  'an agent of Infisical’s injector': [
    pod({
      annotations: { ...NATIVE, ...own({ status: 'injected' }) },
      init: [container('infisical-agent-init')],
    }),
    'sidekey.dev/inject',
  ],
  'a pod that asked in both words and got the status of one': [
    pod({ annotations: { ...ASKS, ...NATIVE, ...INJECTED }, init: [AGENT] }),
    'sidekey.dev/inject',
  ],
});

/** What is wrong with a pod is wrong with the injected one as well, and it is no excuse that an agent is there. */
const STILL_JUDGED: readonly Case[] = [
  creates(
    'an injected pod with a secret of another namespace',
    agented(askingVault(FOREIGN_PATH)),
    by('sidekey-store-access')(FOREIGN_PATH),
  ),
  creates(
    'an injected pod with a role of another namespace',
    agented(askingVault(OWN_PATH, { role: 'team-b' })),
    by('sidekey-store-access')('team-b'),
  ),
  creates(
    'an injected pod with a whole GPU',
    injected(pod({ annotations: ASKS, limits: { 'nvidia.com/gpu': '1' } })),
    by('sidekey-gpu-resources')('nvidia.com/gpu'),
  ),
  creates(
    'an injected pod without limits on the nodes of slices',
    injected(pod({ annotations: ASKS, spec: ON_SLICES })),
    by('sidekey-gpu-limits')('limits'),
  ),
  creates(
    'an injected pod with a slice and no node selector',
    injected(pod({ annotations: ASKS, limits: SLICE })),
    by('sidekey-gpu-node-selector')('gpu-type=h100-mig'),
  ),
  creates(
    'an injected pod that sees all GPUs',
    injected(pod({ annotations: ASKS, env: [{ name: 'NVIDIA_VISIBLE_DEVICES', value: 'all' }] })),
    by('sidekey-gpu-no-bypass')('model-server'),
  ),
  creates(
    'a pod that asks for a secret of another namespace and got nothing',
    pod({ annotations: askingVault(FOREIGN_PATH) }),
    by('sidekey-store-access')(FOREIGN_PATH),
    by(POLICY)('agent-inject'),
  ),
];

/** Without the fields that no API server of today would take, and without those that are null, which none hands on. */
const known = (object: JsonObject): JsonObject =>
  JSON.parse(
    JSON.stringify(object, (key, value: unknown) =>
      key === 'aFieldOfTomorrow' || value === null ? undefined : value,
    ),
  ) as JsonObject;

/** What is said of those that log in with what belongs to no namespace, */
const FOREIGN_METHODS: Readonly<Record<string, string>> = {
  'approle-drop-in': 'vault.hashicorp.com/auth-type: approle',
  'approle-native': 'sidekey.dev/vault-auth: approle',
  'certificate-drop-in': 'vault.hashicorp.com/auth-type: cert',
  'certificate-native': 'sidekey.dev/vault-auth: cert',
  'token-file-native': 'sidekey.dev/vault-auth: token_file',
};

/** of one whose template stands in a file, of which nobody knows what it reads, */
const UNKNOWN_READS: Readonly<Record<string, string>> = {
  'account-for-the-store': 'agent-inject-template-file-secrets.json',
};

/** and of those that find a way around the limits of accelerators. */
const BYPASSES: Readonly<Record<string, string>> = {
  'privileged-container': 'every device of the node: dcgm',
  'sees-every-gpu': 'model-server -> NVIDIA_VISIBLE_DEVICES',
};

/** No API server takes a pod that is made with ephemeral containers. */
const NEVER_MADE = 'ephemeral-containers';

/** Pods of every shape, at home in a namespace that allows what they ask for. */
const GOLDEN = injectedCases
  .filter((name) => name !== NEVER_MADE)
  .map((name) => {
    const { pod: object, settings } = load(name);
    const made = injected(known(object), settings);
    const metadata = { ...objectIn(made, 'metadata'), namespace: 'golden' };
    const spec = { ...objectIn(made, 'spec'), serviceAccountName: 'default' };
    const denials = [
      [FOREIGN_METHODS[name], 'sidekey-store-access'] as const,
      [UNKNOWN_READS[name], 'sidekey-store-access'] as const,
      [BYPASSES[name], 'sidekey-gpu-no-bypass'] as const,
    ].flatMap(([says, policy]) => (says === undefined ? [] : [by(policy)(says)]));
    return creates(`the pod "${name}" as the injector makes it`, { ...made, metadata, spec }, ...denials);
  });

export const INJECTED_PODS: readonly Case[] = [...ALLOWED, ...DENIED, ...STILL_JUDGED, ...GOLDEN];
