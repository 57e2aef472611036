import type { InfisicalAuth } from '#contract/agent-config.ts';
import { ProviderError } from '../errors.ts';
import type { Answer } from '../http/transport.ts';
import { refusalText } from './errors.ts';

/** Three bad logins in 30 s lock the identity out for 300 s, whoever made them: every replica of a Deployment counts. */
const UNIVERSAL_PAUSE_MS = 60_000;
const LOCKED_PAUSE_MS = 300_000;

/** Nothing locks here, but each try costs the server a token review. */
const KUBERNETES_PAUSE_MS = 10_000;

type Explain = (auth: InfisicalAuth) => string;

/** What the server says, and what it means. The first that fits counts. */
const CAUSES: readonly [RegExp, Explain][] = [
  [
    /temporarily locked/iu,
    () =>
      'the identity is locked after too many bad logins; correct the client secret and wait, or unlock it',
  ],
  [/invalid credentials/iu, () => 'the client id or the client secret is wrong, expired or used up'],
  [/namespace not allowed/iu, () => 'the identity does not allow the namespace of the pod; add it'],
  [/name not allowed/iu, () => 'the identity does not allow the service account of the pod; add its name'],
  [
    /audience not allowed/iu,
    () => 'the identity allows another audience than the token has; make them the same',
  ],
  [
    /method not found|identity/iu,
    () => 'there is no such identity, or it does not have this method; attach it',
  ],
  [
    /bearer token|token/iu,
    () =>
      'the API server does not accept the service-account token; check which cluster the identity reviews at',
  ],
];

/** Explains a refused login, and how long to leave the server alone. */
export function loginRefusal(answer: Answer, auth: InfisicalAuth): ProviderError {
  const text = refusalText(answer);
  const cause = CAUSES.find(([pattern]) => pattern.test(text))?.[1];
  const fact = cause?.(auth) ?? 'the server does not say why; its log does';
  const locked = /temporarily locked/iu.test(text);
  const pause = auth.method === 'kubernetes' ? KUBERNETES_PAUSE_MS : UNIVERSAL_PAUSE_MS;
  return new ProviderError(
    'login_refused',
    `Cannot log in to Infisical as ${describe(auth)} by ${auth.method} auth (${answer.status}): ${fact}`,
    { retryAfterMs: locked ? LOCKED_PAUSE_MS : pause },
  );
}

function describe(auth: InfisicalAuth): string {
  if (auth.method === 'kubernetes') return `identity ${auth.identityId}`;
  return 'clientId' in auth ? `client ${auth.clientId}` : `the client of ${auth.clientIdFile}`;
}
