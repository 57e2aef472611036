import {
  authorities,
  authorityName,
  CA_FILE,
  deployment,
  type InjectorOptions,
  LABELS,
  metadata,
  NAME,
} from './deployment.ts';
import { API_SERVER_PORTS, networkPolicy } from './network-policy.ts';
import { injectorRights } from './rights.ts';
import { syncManifests } from './sync/manifests.ts';
import type { SyncOptions } from './sync/settings.ts';
import { webhookConfigurations } from './webhooks.ts';

export interface InstallOptions extends InjectorOptions {
  /** Whom the API server is to trust for a certificate that somebody else keeps, PEM. */
  readonly certificateCa?: string;
  readonly sync?: SyncOptions;
}

/** Everything that one `kubectl apply` installs. Deterministic. */
export function installManifests(options: InstallOptions): readonly object[] {
  const { namespace, certificateCa, priorityClass, sync } = options;
  return [
    namespaceObject(namespace),
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: metadata(namespace),
      automountServiceAccountToken: false,
    },
    ...injectorRights(options),
    ...authorities(options).map(({ store, caPem }) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: metadata(namespace, authorityName(store)),
      data: { [CA_FILE]: caPem },
    })),
    ...(isSystemClass(priorityClass) ? [priorityQuota(namespace, priorityClass)] : []),
    deployment(options),
    podDisruptionBudget(namespace),
    networkPolicy(namespace, options.apiServerPorts ?? API_SERVER_PORTS),
    service(namespace),
    ...webhookConfigurations({
      target: { service: { namespace, name: NAME } },
      ...(certificateCa !== undefined && { caPem: certificateCa }),
      namespace,
    }),
    ...(sync ? syncManifests(sync) : []),
  ];
}

function namespaceObject(name: string): object {
  const labels = {
    'app.kubernetes.io/name': 'sidekey',
    'pod-security.kubernetes.io/enforce': 'restricted',
  };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

const isSystemClass = (name: string | undefined): name is string => name?.startsWith('system-') === true;

/** Some clusters allow the classes of the system only where a quota says so; elsewhere it bounds nothing. */
function priorityQuota(namespace: string, name: string): object {
  const matched = [{ scopeName: 'PriorityClass', operator: 'In', values: [name] }];
  const spec = { hard: { pods: '1G' }, scopeSelector: { matchExpressions: matched } };
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata: metadata(namespace), spec };
}

function service(namespace: string): object {
  const ports = [{ name: 'webhook', port: 443, targetPort: 'webhook' }];
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(namespace),
    spec: { selector: LABELS, ports },
  };
}

function podDisruptionBudget(namespace: string): object {
  const spec = { maxUnavailable: 1, selector: { matchLabels: LABELS } };
  return { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: metadata(namespace), spec };
}
