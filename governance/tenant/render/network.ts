import type { Json, JsonObject } from '#contract/json.ts';
import { ADMIN_PORT } from '#contract/layout.ts';
import { TENANT_LABEL } from '../../tenancy.ts';
import type { Platform, StoreNetwork } from '../platform.ts';
import type { Peer, Tenant } from '../tenant.ts';
import { metadata } from './object.ts';

const HIGHEST_PORT = 65_535;

/** All ports but the agent's own, which is for Prometheus alone. */
const OTHER_PORTS: readonly JsonObject[] = [
  { protocol: 'TCP', port: 1, endPort: ADMIN_PORT - 1 },
  { protocol: 'TCP', port: ADMIN_PORT + 1, endPort: HIGHEST_PORT },
  { protocol: 'UDP', port: 1, endPort: HIGHEST_PORT },
  { protocol: 'SCTP', port: 1, endPort: HIGHEST_PORT },
];

/**
 * Who reaches the pods, and whom they reach. Both policies are always there, so that opening a direction replaces what
 * closed it.
 */
export function networkObjects(platform: Platform, tenant: Tenant, namespace: string): readonly JsonObject[] {
  const policy = (name: string, spec: JsonObject): JsonObject => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(name, { tenant: tenant.name, namespace }),
    spec: { podSelector: {}, ...spec },
  });
  return [
    policy('sidekey-egress', { policyTypes: ['Egress'], egress: egress(platform, tenant) }),
    policy('sidekey-ingress', { policyTypes: ['Ingress'], ingress: ingress(platform, tenant) }),
  ];
}

/** A model server is there to be asked: unless the tenant closes it, its own ports stay open to everybody. */
function ingress({ prometheus }: Platform, { name, network }: Tenant): readonly JsonObject[] {
  const metrics = {
    from: [inNamespace(prometheus.namespace)],
    ports: [{ protocol: 'TCP', port: ADMIN_PORT }],
  };
  if (network.ingress === 'open') return [metrics, { ports: OTHER_PORTS }];
  const others = network.allowFrom.map((peer) => ({
    from: [otherEnd(peer)],
    ports: portsOf(peer) ?? OTHER_PORTS,
  }));
  return [metrics, { from: [ofTenant(name)], ports: OTHER_PORTS }, ...others];
}

function egress(platform: Platform, { name, network, vault, infisical }: Tenant): readonly JsonObject[] {
  if (network.egress === 'open') return [{}];
  const stores = [
    ...(vault === undefined ? [] : [toStore(platform.vault)]),
    ...(infisical === undefined ? [] : [toStore(platform.infisical)]),
  ];
  const others = network.allowTo.map((peer) => {
    const ports = portsOf(peer);
    return { to: [otherEnd(peer)], ...(ports === undefined ? {} : { ports }) };
  });
  return [toDns(platform), ...stores, { to: [ofTenant(name)] }, ...others];
}

function toDns({ dns }: Platform): JsonObject {
  const ports = ['UDP', 'TCP'].map((protocol) => ({ protocol, port: dns.port }));
  return { to: [inNamespace(dns.namespace), ...dns.cidrs.map(inRange)], ports };
}

/** Where it is said where a store runs, only there; else wherever its port is. */
function toStore({ namespace, cidrs, port }: StoreNetwork): JsonObject {
  const to: readonly Json[] = [...(namespace === '' ? [] : [inNamespace(namespace)]), ...cidrs.map(inRange)];
  return { ...(to.length === 0 ? {} : { to }), ports: [{ protocol: 'TCP', port }] };
}

const inNamespace = (namespace: string): JsonObject => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
});

const ofTenant = (tenant: string): JsonObject => ({
  namespaceSelector: { matchLabels: { [TENANT_LABEL]: tenant } },
});

const inRange = (cidr: string): JsonObject => ({ ipBlock: { cidr } });

const otherEnd = ({ to }: Peer): JsonObject =>
  'namespace' in to ? inNamespace(to.namespace) : inRange(to.cidr);

const portsOf = ({ ports }: Peer): readonly JsonObject[] | undefined =>
  ports.length === 0 ? undefined : ports.map((port) => ({ protocol: 'TCP', port }));
