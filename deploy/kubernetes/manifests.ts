import type { ServerCertificate } from './certificate.ts';
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
import { syncManifests } from './sync/manifests.ts';
import type { SyncOptions } from './sync/settings.ts';
import { webhookConfigurations } from './webhooks.ts';

export interface InstallOptions extends InjectorOptions {
  readonly certificate: ServerCertificate;
  readonly sync?: SyncOptions;
}

/** What the injector's certificate must be good for. */
export function serviceNames(namespace: string): readonly string[] {
  const host = `${NAME}.${namespace}.svc`;
  return [host, `${host}.cluster.local`];
}

/** Everything that one `kubectl apply` installs. Deterministic. */
export function installManifests(options: InstallOptions): readonly object[] {
  const { namespace, certificate, sync } = options;
  return [
    namespaceObject(namespace),
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: metadata(namespace),
      automountServiceAccountToken: false,
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: metadata(namespace, `${NAME}-tls`),
      type: 'kubernetes.io/tls',
      stringData: { 'tls.crt': certificate.certPem, 'tls.key': certificate.keyPem },
    },
    ...authorities(options).map(({ store, caPem }) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: metadata(namespace, authorityName(store)),
      data: { [CA_FILE]: caPem },
    })),
    deployment(options),
    podDisruptionBudget(namespace),
    service(namespace),
    ...webhookConfigurations({
      target: { service: { namespace, name: NAME } },
      caPem: certificate.caPem,
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
