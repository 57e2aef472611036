import { faultCode } from '../connection-fault.ts';
import type { Clock } from '../clock.ts';
import type { Connection } from './client.ts';

/** Where the kubelet puts what a pod needs to talk to the API server. */
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The connection of a pod's own service account. The token is read again as the kubelet replaces it; the authority is read
 * once, so that a new one needs a new pod.
 *
 * @throws {Error} If this is no pod, or one without a service account's token.
 */
export function inClusterConnection(
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
  clock: Clock,
): Connection {
  const host = env['KUBERNETES_SERVICE_HOST'] ?? '';
  const port = env['KUBERNETES_SERVICE_PORT'] ?? '443';
  if (host === '')
    throw new Error(
      'Cannot find the API server: KUBERNETES_SERVICE_HOST is not set, as it is in every pod; run this in the cluster',
    );
  return {
    address: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    caPem: readAuthority(readFile),
    token: () => readFile(`${ACCOUNT}/token`),
    clock,
  };
}

function readAuthority(readFile: (path: string) => string): string {
  const path = `${ACCOUNT}/ca.crt`;
  try {
    return readFile(path);
  } catch (error) {
    throw new Error(
      `Cannot read ${path}: ${faultCode(error)}; give the pod its service account's token (automountServiceAccountToken)`,
      { cause: error },
    );
  }
}
