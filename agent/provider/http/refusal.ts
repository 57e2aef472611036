import { ProviderError } from '../errors.ts';
import type { Answer } from './transport.ts';

export const succeeded = (answer: Answer): boolean => answer.status >= 200 && answer.status < 300;

/**
 * Refusals that mean the same of every HTTP server and for every request: 429, 5xx and redirects. Undefined for others.
 * `doing` completes "Cannot …".
 */
export function httpRefusal({ status, retryAfterMs }: Answer, doing: string): ProviderError | undefined {
  const because = (fact: string): string => `Cannot ${doing}: ${fact}`;
  const details = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (status === 429)
    return new ProviderError('rate_limited', because('the server limits the rate of requests'), details);
  if (status >= 500)
    return new ProviderError('server_error', because(`the server answered ${status}`), details);
  if (status >= 300 && status < 400)
    return new ProviderError(
      'invalid_response',
      because(`the server redirects (${status}), which is not followed; use the address it redirects to`),
    );
  return undefined;
}

export const malformed = (doing: string, missing: string): ProviderError =>
  new ProviderError('invalid_response', `Cannot ${doing}: the answer has no ${missing}`);
