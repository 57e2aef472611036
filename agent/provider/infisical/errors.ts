import { isValueMap, stringAt } from '../../value/value.ts';
import { ProviderError } from '../errors.ts';
import { httpRefusal } from '../http/refusal.ts';
import type { Answer } from '../http/transport.ts';

/** The kind of a refusal, as the server names it (`TokenError`, `SecretPathNotFound`, …). */
function refusalName({ body }: Answer): string {
  return isValueMap(body) ? (stringAt(body, 'error') ?? '') : '';
}

/** The server's own words on a refusal. To be matched against, never to be shown. */
export function refusalText({ body }: Answer): string {
  return isValueMap(body) ? (stringAt(body, 'message') ?? '') : '';
}

/** By this number the server's log knows the request. */
function requestId({ body }: Answer): string {
  const id = isValueMap(body) ? stringAt(body, 'reqId') : undefined;
  return id !== undefined && /^[\w-]{1,40}$/u.test(id) ? ` (request ${id})` : '';
}

/** True if there is no such route at all: the server is older than the API that was asked for, or not Infisical. */
export const isUnknownRoute = (answer: Answer): boolean =>
  answer.status === 404 && !['NotFound', 'SecretPathNotFound'].includes(refusalName(answer));

/** Nothing of Infisical's answered at the address. */
export const notInfisical = (doing: string): ProviderError =>
  new ProviderError(
    'invalid_response',
    `Cannot ${doing}: what answers is not Infisical (404); check the address`,
  );

/** True if the token is dead. One that has expired is refused with 403, all others with 401. */
const isTokenDead = (answer: Answer): boolean =>
  answer.status === 401 || (answer.status === 403 && refusalName(answer) === 'TokenError');

/** Why a request under a token was refused. `doing` completes "Cannot …"; `missing` is what 404 means. */
export function refusal(answer: Answer, doing: string, missing: string): ProviderError {
  const general = httpRefusal(answer, doing);
  if (general) return general;
  const because = (fact: string): string => `Cannot ${doing}: ${fact}${requestId(answer)}`;
  if (isTokenDead(answer)) return new ProviderError('token_invalid', because('the token has ended'));
  if (isUnknownRoute(answer)) return notInfisical(doing);
  if (answer.status === 404) return new ProviderError('not_found', because(missing));
  if (answer.status !== 403)
    return new ProviderError(
      'invalid_request',
      because(`the server refuses the request (${answer.status}); its log says why`),
    );
  return new ProviderError(
    'forbidden',
    because(
      refusalName(answer) === 'ProjectMembershipNotFound'
        ? 'the identity is not a member of the project; add it under "Access Control"'
        : 'the role of the identity in the project does not allow it; grant it to read secrets there',
    ),
  );
}
