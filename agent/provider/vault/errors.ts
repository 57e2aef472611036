import type { VaultStore } from '#contract/agent-config.ts';
import { stringAt, isValueMap } from '../../value/value.ts';
import { ProviderError } from '../errors.ts';
import type { Answer } from './transport.ts';

/** OpenSSL's and Node's names for a certificate that does not convince. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME/u;

/**
 * Why no whole answer came. Only the error's code is kept: a parser's error quotes what was received.
 */
export function connectionError(store: VaultStore, error: unknown, timedOut: boolean): ProviderError {
  const { address, timeoutMs } = store;
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

export const succeeded = (answer: Answer): boolean => answer.status >= 200 && answer.status < 300;

/** The server's own words on a refusal. To be matched against, never to be shown: a plugin may quote anything. */
export function refusalText(answer: Answer): string {
  if (!isValueMap(answer.body)) return '';
  const errors = answer.body.get('errors');
  return Array.isArray(errors) ? errors.filter((item) => typeof item === 'string').join('\n') : '';
}

/**
 * Refusals that mean the same for every request; undefined if the status has to be read in context (400, 403, 404).
 * `doing` completes "Cannot …".
 */
export function generalRefusal(answer: Answer, doing: string): ProviderError | undefined {
  const { status, retryAfterMs } = answer;
  const because = (fact: string): string => `Cannot ${doing}: ${fact}`;
  const details = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (status === 429)
    return new ProviderError('rate_limited', because('the server limits the rate of requests'), details);
  if (status === 503)
    return new ProviderError(
      'sealed',
      because('the server is sealed, standing by or not initialised'),
      details,
    );
  if (status >= 500 || status === 412)
    return new ProviderError('server_error', because(`the server answered ${status}`), details);
  return redirect(status, because);
}

/** A standby that cannot forward answers 307; other redirects are a matter of the address. */
function redirect(status: number, because: (fact: string) => string): ProviderError | undefined {
  if (status === 307)
    return new ProviderError(
      'sealed',
      because('the server is standing by and names another; use an address that leads to the active one'),
    );
  if (status >= 300 && status < 400)
    return new ProviderError(
      'invalid_response',
      because(`the server redirects (${status}), which is not followed; use the address it redirects to`),
    );
  return undefined;
}

/** Any other refusal: the request itself is at fault. */
export function invalidRequest(answer: Answer, doing: string): ProviderError {
  return new ProviderError(
    'invalid_request',
    `Cannot ${doing}: the server refuses the request (${answer.status}); its audit log says why`,
  );
}

export const malformed = (doing: string, missing: string): ProviderError =>
  new ProviderError('invalid_response', `Cannot ${doing}: the answer has no ${missing}`);

/** True if the answer is that of KV v2 for a version that was deleted or destroyed. */
export function isDeletedVersion(answer: Answer): boolean {
  const data = isValueMap(answer.body) ? answer.body.get('data') : undefined;
  const metadata = isValueMap(data) ? data.get('metadata') : undefined;
  if (!isValueMap(metadata)) return false;
  return metadata.get('destroyed') === true || (stringAt(metadata, 'deletion_time') ?? '') !== '';
}
