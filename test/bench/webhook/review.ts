import type { JsonObject } from '#contract/json.ts';

const VAULT = 'vault.hashicorp.com/';
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

const annotations = {
  [`${VAULT}agent-inject`]: 'true',
  [`${VAULT}role`]: 'ml-inference',
  [`${VAULT}agent-inject-secret-hf-token`]: 'secret/data/ml/hugging-face',
  [`${VAULT}agent-inject-secret-api-key`]: 'secret/data/ml/api-key',
  [`${VAULT}agent-inject-template-api-key`]:
    '{{ with secret "secret/data/ml/api-key" }}{{ .Data.data.key }}{{ end }}',
  [`${VAULT}agent-inject-secret-s3`]: 'secret/data/ml/object-store',
  'prometheus.io/scrape': 'true',
  'prometheus.io/port': '8000',
};

const probe = (path: string, failureThreshold: number): JsonObject => ({
  httpGet: { path, port: 8000, scheme: 'HTTP' },
  timeoutSeconds: 1,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold,
});

const variable = (index: number): JsonObject => ({
  name: `VLLM_SETTING_${index}`,
  value: `value-${index}-${'x'.repeat(24)}`,
});

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    generateName: 'llama-3-70b-7c9d8f6b5-',
    namespace: 'ml-inference',
    labels: { app: 'llama', 'pod-template-hash': '7c9d8f6b5', 'kueue.x-k8s.io/queue-name': 'gpu' },
    annotations,
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'llama-3-70b-7c9d8f6b5', uid: 'c0ffee00-0000-4000-8000-000000000000', controller: true, blockOwnerDeletion: true }], // prettier-ignore
  },
  spec: {
    volumes: [
      { name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: '16Gi' } },
      { name: 'models', persistentVolumeClaim: { claimName: 'models' } },
      { name: 'kube-api-access-x7k2p', projected: { defaultMode: 420, sources: [{ serviceAccountToken: { expirationSeconds: 3607, path: 'token' } }, { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } }] } }, // prettier-ignore
    ],
    containers: [
      {
        name: 'vllm',
        image: 'vllm/vllm-openai:v0.11.0',
        args: ['--model', '/models/llama-3-70b', '--tensor-parallel-size', '4', '--port', '8000'],
        ports: [{ name: 'http', containerPort: 8000, protocol: 'TCP' }],
        env: Array.from({ length: 36 }, (_, index) => variable(index)),
        resources: {
          limits: { cpu: '16', memory: '256Gi', 'nvidia.com/gpu': '4' },
          requests: { cpu: '16', memory: '256Gi', 'nvidia.com/gpu': '4' },
        },
        volumeMounts: [
          { name: 'shm', mountPath: '/dev/shm' },
          { name: 'models', mountPath: '/models', readOnly: true },
          { name: 'kube-api-access-x7k2p', readOnly: true, mountPath: ACCOUNT },
        ],
        startupProbe: probe('/health', 120),
        livenessProbe: probe('/health', 3),
        readinessProbe: probe('/health', 3),
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
        imagePullPolicy: 'IfNotPresent',
        securityContext: {
          runAsUser: 1000,
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
        },
      },
    ],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 120,
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: 'ml-inference',
    serviceAccount: 'ml-inference',
    nodeSelector: { 'nvidia.com/gpu.product': 'NVIDIA-H100-80GB-HBM3' },
    securityContext: { fsGroup: 1000, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    schedulerName: 'default-scheduler',
    tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
    priority: 0,
    enableServiceLinks: true,
    preemptionPolicy: 'PreemptLowerPriority',
  },
  status: {},
};

/** What an API server asks about a GPU pod with three secrets, some six kilobytes. */
export const REVIEW = JSON.stringify({
  kind: 'AdmissionReview',
  apiVersion: 'admission.k8s.io/v1',
  request: {
    uid: '5d7b2c1e-8f0a-4c7b-9f67-0f1f2c3d4e5f',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    requestKind: { group: '', version: 'v1', kind: 'Pod' },
    requestResource: { group: '', version: 'v1', resource: 'pods' },
    namespace: 'ml-inference',
    operation: 'CREATE',
    userInfo: { username: 'system:serviceaccount:kube-system:replicaset-controller', groups: ['system:serviceaccounts', 'system:authenticated'] }, // prettier-ignore
    object: pod,
    oldObject: null,
    dryRun: false,
    options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
  },
});
