import type { VaultStore } from '#contract/agent-config.ts';
import type { AccountAuth } from '#contract/vault-auth.ts';
import { parseJson } from '../../../value/json.ts';
import { isValueMap, type Value } from '../../../value/value.ts';
import type { ProviderError } from '../../errors.ts';
import type { Answer } from '../../http/transport.ts';
import { explainRefusal, misplaced, missingMount, missingRole } from './refusal.ts';

/** Who a service-account token says it is. Nothing in here is secret. */
interface Identity {
  readonly subject: string;
  readonly audience: string;
}

/** Explains why a service account was refused. */
export function accountRefusal(
  answer: Answer,
  { store, auth, jwt }: { readonly store: VaultStore; readonly auth: AccountAuth; readonly jwt: string },
): ProviderError {
  const { path, role } = auth;
  const identity = identify(jwt);
  const noRole = (): string => missingRole(role);
  const noMount = (): string => missingMount(store, auth);
  const account = (): string => wrongAccount(role, identity);
  const audience = (): string => wrongAudience(role, identity);
  return explainRefusal(answer, {
    doing: `log in at ${path} with role "${role}"`,
    causes: [
      [/role .*(?:could not be found|does not exist)|invalid role name|unknown role/iu, noRole],
      [/audience|\baud\b/iu, audience],
      [/subject|service account|serviceaccount|namespace not authorized/iu, account],
      [
        /expired|exp\b/iu,
        () => 'the service-account token has ended; check the clocks of the node and the server',
      ],
      ...misplaced(store, auth),
    ],
    otherwise: [noMount, noRole, account, audience],
  });
}

function wrongAccount(role: string, { subject }: Identity): string {
  return (
    `role "${role}" does not admit ${subject}: add the service account and its namespace to the role, ` +
    'or run the pod under another account'
  );
}

function wrongAudience(role: string, { audience }: Identity): string {
  return (
    `role "${role}" does not accept the token's audience (aud: ${audience}): set the role's audience to it, ` +
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
