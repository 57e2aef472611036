import { stringAt, isValueMap } from '../../value/value.ts';
import { ProviderError } from '../errors.ts';
import { httpRefusal } from '../http/refusal.ts';
import type { Answer } from '../http/transport.ts';

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
  // A token belongs to the certificate that it was granted for, which has been replaced since.
  if (/client identity during renewal/iu.test(refusalText(answer)))
    return new ProviderError('token_invalid', because('it was granted for another certificate'));
  // The last two are what the health check of a standby answers, and what some load balancers pass on.
  if ([503, 472, 473].includes(status))
    return new ProviderError(
      'sealed',
      because('the server is sealed, standing by or not initialised'),
      details,
    );
  // A standby that cannot forward answers so; other redirects are a matter of the address.
  if (status === 307)
    return new ProviderError(
      'sealed',
      because('the server is standing by and names another; use an address that leads to the active one'),
    );
  if (status === 412)
    return new ProviderError('server_error', because(`the server answered ${status}`), details);
  return httpRefusal(answer, doing);
}

/** Any other refusal: the request itself is at fault. */
export function invalidRequest(answer: Answer, doing: string): ProviderError {
  const fact = /wrapping token/iu.test(refusalText(answer))
    ? 'the wrapping token has ended or was used already: write a new one there, and if it was not this pod that used it, replace what it held'
    : `the server refuses the request (${answer.status}); its audit log says why`;
  return new ProviderError('invalid_request', `Cannot ${doing}: ${fact}`);
}

/** True if the answer is that of KV v2 for a version that was deleted or destroyed. */
export function isDeletedVersion(answer: Answer): boolean {
  const data = isValueMap(answer.body) ? answer.body.get('data') : undefined;
  const metadata = isValueMap(data) ? data.get('metadata') : undefined;
  if (!isValueMap(metadata)) return false;
  return metadata.get('destroyed') === true || (stringAt(metadata, 'deletion_time') ?? '') !== '';
}
