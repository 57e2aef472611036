import { ADMIN_PORT } from '#contract/layout.ts';
import { LABELS, metadata, WEBHOOK_PORT } from './deployment.ts';

/** Ports that API servers usually have, behind the Service `kubernetes`. */
export const API_SERVER_PORTS: readonly number[] = [443, 6443];

const tcp = (port: number): object => ({ protocol: 'TCP', port });
const DNS = [{ protocol: 'UDP', port: 53 }, tcp(53)];

/**
 * Who may speak with the injector, and with whom it does. API servers, kubelets and what scrapes metrics are as a rule no pods, so
 * ports bound them and not addresses.
 */
export function networkPolicy(namespace: string, apiServerPorts: readonly number[]): object {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(namespace),
    spec: {
      podSelector: { matchLabels: LABELS },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ ports: [tcp(WEBHOOK_PORT), tcp(ADMIN_PORT)] }],
      egress: [{ ports: DNS }, { ports: apiServerPorts.map(tcp) }],
    },
  };
}
