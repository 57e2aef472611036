import type { VaultStore } from '#contract/agent-config.ts';
import { parseJson } from '../../value/json.ts';
import { isValueMap, type Value } from '../../value/value.ts';
import { ProviderError } from '../errors.ts';
import { refusalText } from './errors.ts';
import type { Answer } from '../http/transport.ts';

/** Who a service-account token says it is. Nothing in here is secret. */
interface Identity {
  readonly subject: string;
  readonly audience: string;
}

/** What the server says, and what it means. The first that fits counts; the rest is for those who say only "denied". */
const CAUSES: readonly [RegExp, (store: VaultStore, identity: Identity) => string][] = [
  [/role .*(?:could not be found|does not exist)|invalid role name|unknown role/iu, missingRole],
  [/audience|\baud\b/iu, wrongAudience],
  [/subject|service account|serviceaccount|namespace not authorized/iu, wrongAccount],
  [
    /expired|exp\b/iu,
    () => 'the service-account token has ended; check the clocks of the node and the server',
  ],
  [/no handler for route|unsupported path/iu, missingMount],
  [/namespace not found/iu, ({ namespace }) => `there is no namespace "${namespace ?? ''}"`],
];

/**
 * Explains a refused login. A server says why only in some cases: where it does not, every known cause is named, with
 * what to do about each.
 */
export function loginRefusal(answer: Answer, store: VaultStore, jwt: string): ProviderError {
  const { path, role } = store.auth;
  const identity = identify(jwt);
  const text = refusalText(answer);
  const cause = CAUSES.find(([pattern]) => pattern.test(text))?.[1];
  const facts = cause?.(store, identity) ?? anyOf(store, identity);
  return new ProviderError(
    'login_refused',
    `Cannot log in at ${path} with role "${role}" (${answer.status}): ${facts}`,
  );
}

function anyOf(store: VaultStore, identity: Identity): string {
  const causes = [missingMount, missingRole, wrongAccount, wrongAudience];
  const listed = causes.map((explain, index) => `(${index + 1}) ${explain(store, identity)}`);
  return `the server does not say why; either ${listed.join('; or ')}`;
}

function missingMount({ auth, namespace }: VaultStore): string {
  const where = namespace === undefined ? '' : ` of namespace "${namespace}"`;
  return `no ${auth.method} auth method is mounted at "${auth.path}"${where}: correct the path`;
}

function missingRole({ auth }: VaultStore): string {
  return `there is no role "${auth.role}": create it or correct its name`;
}

function wrongAccount({ auth }: VaultStore, { subject }: Identity): string {
  return (
    `role "${auth.role}" does not admit ${subject}: add the service account and its namespace to the role, ` +
    'or run the pod under another account'
  );
}

function wrongAudience({ auth }: VaultStore, { audience }: Identity): string {
  return (
    `role "${auth.role}" does not accept the token's audience (aud: ${audience}): set the role's audience to it, ` +
    'or request a token for the audience that the role expects'
  );
}

/** Reads the claims of a token without checking it: that is the server's part. */
function identify(jwt: string): Identity {
  const claims = decodeClaims(jwt.split('.')[1] ?? '');
  const audience = isValueMap(claims) ? claims.get('aud') : undefined;
  const subject = isValueMap(claims) ? claims.get('sub') : undefined;
  const named = (Array.isArray(audience) ? audience : [audience]).filter((item) => typeof item === 'string');
  return {
    subject: typeof subject === 'string' ? `"${subject}"` : 'the token, which names no subject',
    audience: named.length > 0 ? named.map((item) => `"${item}"`).join(', ') : 'none',
  };
}

function decodeClaims(part: string): Value | undefined {
  try {
    return parseJson(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
