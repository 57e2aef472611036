import { ADMIN_PORT, TOKEN_DIRECTORY } from '#contract/layout.ts';
import { HARDENED_CONTAINER, hardenedPod, httpGet } from '../hardening.ts';
import {
  checksum,
  CONFIG_FILE,
  inNamespace,
  NAME,
  storesOf,
  SYNC_LABELS,
  type SyncOptions,
} from './settings.ts';

const CONFIG_DIRECTORY = '/etc/sidekey';
/** Where every Kubernetes client looks for its pod's account. */
const ACCOUNT_DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount';
/** Seconds; the kubelet replaces a token at four fifths of that. */
const TOKEN_LIFE = 3600;
/** Five seconds for requests under way, two for Events, and as much again. */
const GRACE_SECONDS = 15;

/** The sync itself. One replica works, the others stand by to take the lead. */
export function syncDeployment(options: SyncOptions, config: string): object {
  const { namespace, replicas } = options;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: inNamespace(namespace),
    spec: {
      replicas,
      selector: { matchLabels: SYNC_LABELS },
      template: {
        metadata: {
          labels: SYNC_LABELS,
          annotations: {
            'prometheus.io/scrape': 'true',
            'prometheus.io/port': String(ADMIN_PORT),
            'sidekey.dev/config': checksum(config),
          },
        },
        spec: podSpec(options),
      },
    },
  };
}

function podSpec(options: SyncOptions): object {
  return {
    serviceAccountName: NAME,
    ...hardenedPod(SYNC_LABELS),
    terminationGracePeriodSeconds: GRACE_SECONDS,
    containers: [container(options)],
    volumes: [
      { name: 'config', configMap: { name: NAME } },
      { name: 'account', projected: { sources: ACCOUNT_SOURCES } },
      { name: 'tokens', projected: { sources: storesOf(options).map(token) } },
    ],
  };
}

/** A token without an audience of its own is for the API server, which the stores ask about it. */
const token = (path: string): object => ({ serviceAccountToken: { expirationSeconds: TOKEN_LIFE, path } });

/** What the kubelet would mount by itself, if the account did not forbid it to every pod. */
const ACCOUNT_SOURCES = [
  token('token'),
  { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
  { downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
];

function container({ agentImage }: SyncOptions): object {
  return {
    name: 'sync',
    image: agentImage,
    imagePullPolicy: 'IfNotPresent',
    args: ['sync', '--config', `${CONFIG_DIRECTORY}/${CONFIG_FILE}`],
    ports: [{ name: 'admin', containerPort: ADMIN_PORT }],
    startupProbe: { ...httpGet('/healthz'), periodSeconds: 1, failureThreshold: 60 },
    readinessProbe: { ...httpGet('/readyz'), periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 3 },
    livenessProbe: { ...httpGet('/healthz'), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
    resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '512Mi' } },
    securityContext: HARDENED_CONTAINER,
    volumeMounts: [
      { name: 'config', mountPath: CONFIG_DIRECTORY, readOnly: true },
      { name: 'account', mountPath: ACCOUNT_DIRECTORY, readOnly: true },
      { name: 'tokens', mountPath: TOKEN_DIRECTORY, readOnly: true },
    ],
  };
}
