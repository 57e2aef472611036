/** Of the images. */
const USER = 65_532;

/** What a pod of ours has in common with the others: Pod Security `restricted`, no token by itself, replicas far apart. */
export function hardenedPod(labels: Readonly<Record<string, string>>): object {
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: USER,
      fsGroup: USER,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    topologySpreadConstraints: ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map(
      (topologyKey) => ({
        topologyKey,
        maxSkew: 1,
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: labels },
      }),
    ),
  };
}

/** The same of its container. */
export const HARDENED_CONTAINER = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] },
} as const;

/** A probe of the port for probes and metrics. */
export const httpGet = (path: string): object => ({ httpGet: { path, port: 'admin' } });
