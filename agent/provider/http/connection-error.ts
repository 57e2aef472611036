import { ProviderError } from '../errors.ts';

/** Where a store is, and how long it may take to answer. */
export interface Endpoint {
  readonly address: string;
  /** PEM certificates to trust instead of the system's. */
  readonly caPem?: string;
  /** Deadline of one request. */
  readonly timeoutMs: number;
}

/** OpenSSL's and Node's names for a certificate that does not convince. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME/u;

/**
 * Why no whole answer came. Only the error's code is kept: a parser's error quotes what was received.
 */
export function connectionError(endpoint: Endpoint, error: unknown, timedOut: boolean): ProviderError {
  const { address, timeoutMs } = endpoint;
  if (timedOut)
    return new ProviderError('timeout', `Cannot reach ${address}: no whole answer within ${timeoutMs} ms`);
  const code = codeOf(error);
  if (code.startsWith('HPE_'))
    return new ProviderError(
      'invalid_response',
      `Cannot read the answer of ${address}: it is not HTTP (${code})`,
    );
  return new ProviderError('unreachable', `Cannot reach ${address}: ${explainConnection(code)}`);
}

function explainConnection(code: string): string {
  if (CERTIFICATE.test(code))
    return `its certificate is not trusted (${code}); give the authority that signed it, and a name it is for`;
  if (code === 'EPROTO' || code.startsWith('ERR_SSL'))
    return `no TLS connection (${code}); is it an http:// address?`;
  return code;
}

function codeOf(error: unknown): string {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : 'the connection failed';
}
