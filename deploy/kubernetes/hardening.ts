/** Of the images. */
const USER = 65_532;

/**
 * What a pod of ours has in common with the others: Pod Security `restricted`, no token by itself, replicas far apart.
 *
 * @param assignsUsers True where the cluster says who it runs as, such as OpenShift.
 */
export function hardenedPod(labels: Readonly<Record<string, string>>, assignsUsers = false): object {
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      ...(assignsUsers ? {} : { runAsUser: USER, runAsGroup: USER, fsGroup: USER }),
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

/** Seconds; the kubelet replaces a token at four fifths of that. */
const TOKEN_LIFE = 3600;

/** A service account's token as a source of a volume. Without an audience of its own it is for the API server. */
export const tokenSource = (path: string): object => ({
  serviceAccountToken: { expirationSeconds: TOKEN_LIFE, path },
});

/** What the kubelet would mount by itself, if the account did not forbid it to every pod. */
export const ACCOUNT_VOLUME = {
  name: 'account',
  projected: {
    sources: [
      tokenSource('token'),
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      { downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
    ],
  },
};

/** Where every Kubernetes client looks for its pod's account. */
export const ACCOUNT_MOUNT = {
  name: 'account',
  mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
  readOnly: true,
};
