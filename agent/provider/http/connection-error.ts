import { explainFault, faultCode } from '#platform/connection-fault.ts';
import { ProviderError } from '../errors.ts';

/** Where a store is, and how long it may take to answer. */
export interface Endpoint {
  readonly address: string;
  /** PEM certificates to trust instead of the system's. */
  readonly caPem?: string;
  /** The same as a file, in place of `caPem`. */
  readonly caFile?: string;
  /** The name that the certificate has to be for, instead of the address's host. */
  readonly serverName?: string;
  /** Any certificate is taken. */
  readonly skipVerify?: boolean;
  /** Goes between, where the address has TLS. */
  readonly proxy?: string;
  /** How many connections there are at most. */
  readonly maxConnections?: number;
  /** Deadline of one request. */
  readonly timeoutMs: number;
}

/**
 * Why no whole answer came. Only the error's code is kept: a parser's error quotes what was received.
 */
export function connectionError(endpoint: Endpoint, error: unknown, timedOut: boolean): ProviderError {
  const { timeoutMs } = endpoint;
  const address = wayTo(endpoint);
  if (timedOut)
    return new ProviderError('timeout', `Cannot reach ${address}: no whole answer within ${timeoutMs} ms`);
  const code = faultCode(error);
  if (code.startsWith('HPE_'))
    return new ProviderError(
      'invalid_response',
      `Cannot read the answer of ${address}: it is not HTTP (${code})`,
    );
  return new ProviderError('unreachable', `Cannot reach ${address}: ${explainFault(code)}`);
}

/** The address, and what a pod has said of how it is reached: one of these may be what is wrong. */
function wayTo({ address, serverName, proxy }: Endpoint): string {
  const name = serverName === undefined ? '' : ` as ${serverName}`;
  return `${address}${name}${proxy === undefined ? '' : ` by the proxy ${proxy}`}`;
}
