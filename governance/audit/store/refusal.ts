import { objectIn, textIn } from '#contract/json.ts';
import type { Exchange } from './exchange.ts';

/** Why a store said no, in our words: its own may quote what they were given. */
export const REFUSALS = {
  policy: 'no policy of its token allows it',
  token: 'its token is unknown, expired or revoked',
  role: 'there is no such role',
  audience: 'its token is made out to somebody else',
  bound: 'the role is not for this namespace or service account',
  expired: 'its token has expired, or is not valid yet',
  signature: 'its token is signed by somebody else',
  login: 'the login was refused',
  quota: 'it asked more often than a quota allows',
  other: 'permission denied',
} as const;
export type Refusal = keyof typeof REFUSALS;

/** What logins say, in the order of how much it tells. */
const LOGIN_WORDS: readonly [RegExp, Refusal][] = [
  [/could not be found|invalid role name|role .*not found/iu, 'role'],
  [/audience|\baud\b/iu, 'audience'],
  [
    /does not match any associated|not authorized|bound (?:claim|subject|issuer)|sub claim does not match/iu,
    'bound',
  ],
  [/expired|not valid yet|\b(?:exp|nbf|iat)\b/iu, 'expired'],
  [/signature|verif|no known key|key id/iu, 'signature'],
];

/** Undefined for what was no refusal: nothing was found, say, or a database did not answer. */
export function refusalOf(exchange: Exchange): Refusal | undefined {
  const { auth, error } = exchange;
  if (isLogin(exchange)) return loginRefusal(exchange);
  if (error === '') return undefined;
  if (objectIn(auth, 'policy_results')['allowed'] === false) return 'policy';
  if (/quota exceeded/iu.test(error)) return 'quota';
  if (!/permission denied|invalid token|bad token/iu.test(error)) return undefined;
  return textIn(auth, 'accessor') === '' && textIn(auth, 'display_name') === '' ? 'token' : 'other';
}

/** Most logins that fail are answers like others, with the reason as a keyed hash. */
function loginRefusal({ data, error }: Exchange): Refusal | undefined {
  if (error === '' && !('error' in data)) return undefined;
  return LOGIN_WORDS.find(([words]) => words.test(error))?.[1] ?? 'login';
}

/** Logins are the only requests to an auth method that bring no token. */
export const isLogin = ({ request }: Exchange): boolean =>
  /^auth\/.+\/(?:login|callback)(?:\/|$)/u.test(textIn(request, 'path'));
