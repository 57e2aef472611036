import { ACCELERATOR_DOMAINS } from '#contract/accelerators.ts';
import type { JsonObject } from '#contract/json.ts';
import { DEFAULT_SETTINGS, type PolicySettings } from '../../../governance/policy/settings.ts';

/** The identity that team-a's pods may log in to Infisical with. */
export const IDENTITY = '6b5d3ae0-6c0b-4c39-8f0d-8a3b2f1c9d7e';

/** A user who may change tenancy, beside the groups that may. */
export const PLATFORM_USER = 'system:serviceaccount:argocd:argocd-application-controller';

/** What all cases are judged by. */
export const SETTINGS: PolicySettings = { ...DEFAULT_SETTINGS, platformUsers: [PLATFORM_USER] };

type Keys = Readonly<Record<string, string>>;

/** Keys of Sidekey's own, in full. */
export const own = (keys: Keys): Record<string, string> =>
  Object.fromEntries(Object.entries(keys).map(([key, value]) => [`sidekey.dev/${key}`, value]));

/** A namespace as the API server has it. Keys are in full. */
export function namespace(name: string, labels: Keys = {}, annotations: Keys = {}): JsonObject {
  const all = { 'kubernetes.io/metadata.name': name, ...labels };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: all, annotations } };
}

const tenant = (name: string, annotations: Keys, labels: Keys = {}): JsonObject =>
  namespace(name, own({ tenant: name, ...labels }), own(annotations));

/** Every namespace that a case's object may stand in. */
export const NAMESPACES: readonly JsonObject[] = [
  tenant('team-a', {
    'gpu-resources': 'nvidia.com/mig-3g.40gb, nvidia.com/mig-1g.*',
    'device-classes': 'mig-3g-40gb',
    'gpu-node-selector': 'gpu-type=h100-mig',
    'vault-roles': 'team-a,team-a-train',
    'vault-paths': 'secret/data/team-a, database/creds/team-a/*',
    infisical: 'ml/prod/serving, lab/dev',
    'infisical-identities': IDENTITY,
  }),
  tenant('team-b', {
    'gpu-resources': 'nvidia.com/gpu,deviceclass.resource.kubernetes.io/gpu.nvidia.com',
    'gpu-node-selector': 'gpu-type=h100-full',
    'vault-roles': 'team-b',
    'vault-paths': 'secret/data/team-b',
    infisical: 'ml/prod/training',
  }),
  // MIG strategy "single", where a slice is called a GPU.
  tenant('slices', {
    'gpu-resources': 'nvidia.com/gpu,nvidia.com/gpu.shared,nvidia.com/mig-1g.10gb,amd.com/gpu',
    'gpu-node-selector': 'gpu-type=h100-mig,pool=inference',
    'mig-strategy': 'single',
  }),
  // Everything of one vendor, wherever it is.
  tenant('research', { 'gpu-resources': 'nvidia.com/*', 'mig-strategy': 'mixed' }),
  // What people write into lists.
  tenant('untidy', {
    'gpu-resources': ' , nvidia.com/gpu ,, nvidia.com/mig-2g.20gb ,',
    'device-classes': ' mig-2g-20gb ,, ',
    'gpu-node-selector': ' gpu-type=h100-mig , pool=inference ,',
    'vault-roles': ' untidy , ',
    'vault-paths': ' , /secret/data/untidy/ , ',
    infisical: ' ml/prod/untidy/ , ',
    'infisical-identities': ` , ${IDENTITY} `,
  }),
  // Bindings that do not say what was meant, so they bind to nothing.
  tenant('misbound', { 'vault-roles': '*', 'vault-paths': '*', infisical: '*', 'device-classes': '*' }),
  tenant('empty', {
    'gpu-resources': '',
    'device-classes': '',
    'gpu-node-selector': '',
    'vault-roles': '',
    'vault-paths': '',
    infisical: '',
    'infisical-identities': '',
  }),
  tenant('all-gpu', { 'gpu-resources': 'nvidia.com/gpu' }, { 'gpu-required': 'true' }),
  tenant('some-gpu', { 'gpu-resources': 'nvidia.com/gpu' }, { 'gpu-required': 'false' }),
  // Told, and not held to it yet.
  tenant(
    'rollout',
    { 'gpu-resources': 'nvidia.com/mig-3g.40gb', 'gpu-node-selector': 'gpu-type=h100-mig' },
    { enforcement: 'audit' },
  ),
  // Whose pods are to start without secrets for once, and one that says so badly.
  tenant('broken-glass', {}, { 'break-glass': 'true' }),
  tenant('whole-glass', {}, { 'break-glass': 'yes' }),
  tenant('enforced', { 'gpu-resources': 'nvidia.com/mig-3g.40gb' }, { enforcement: 'deny' }),
  namespace(
    'devices',
    { ...own({ tenant: 'devices' }), 'resource.kubernetes.io/admin-access': 'true' },
    own({ 'device-classes': 'mig-3g-40gb' }),
  ),
  // Where the pods of test/golden/pods are at home.
  tenant('golden', {
    'gpu-resources': ACCELERATOR_DOMAINS.map((domain) => `${domain}/*`).join(','),
    'device-classes': 'mig-3g-40gb',
    'vault-roles':
      'chart, fine-tune, forged, kserve, meshed, ml, ml-inference, model-server, nccl, own-user, restricted, sglang, triton, tuned, two, vllm',
    'vault-paths': 'secret/data, database/creds/ml, totp/code/registry',
    infisical: 'ml/prod',
    'infisical-identities': IDENTITY,
  }),
  namespace('plain'),
  namespace('kube-system'),
  namespace('gpu-operator'),
];

const runtimeClass = (name: string, more: JsonObject = {}): JsonObject => ({
  apiVersion: 'node.k8s.io/v1',
  kind: 'RuntimeClass',
  metadata: { name },
  handler: name,
  ...more,
});

/** That of a golden pod, with what its virtual machine takes. */
export const SANDBOX = runtimeClass('kata-overhead', {
  overhead: { podFixed: { cpu: '250m', memory: '160Mi' } },
});

/** What the API server looks up when it admits a pod that names it. */
export const RUNTIME_CLASSES: readonly JsonObject[] = [
  ...['nvidia', 'nvidia-cdi', 'kata'].map((handler) => runtimeClass(handler)),
  SANDBOX,
];
