import { ADMIN_PORT, TOKEN_DIRECTORY } from '#contract/layout.ts';
import {
  ACCOUNT_MOUNT,
  ACCOUNT_VOLUME,
  HARDENED_CONTAINER,
  hardenedPod,
  httpGet,
  tokenSource,
} from '../hardening.ts';
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
    ...hardenedPod(SYNC_LABELS, options.assignsUsers),
    terminationGracePeriodSeconds: GRACE_SECONDS,
    containers: [container(options)],
    volumes: [
      { name: 'config', configMap: { name: NAME } },
      ACCOUNT_VOLUME,
      { name: 'tokens', projected: { sources: storesOf(options).map(tokenSource) } },
    ],
  };
}

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
      ACCOUNT_MOUNT,
      { name: 'tokens', mountPath: TOKEN_DIRECTORY, readOnly: true },
    ],
  };
}
