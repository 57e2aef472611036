import type { VaultStore } from '#contract/agent-config.ts';
import type { TokenFileAuth } from '#contract/vault-auth.ts';
import type { Lifetime } from '../../../schedule/lifetime.ts';
import { Secret } from '../../../secret.ts';
import { isValueMap, mapAt, numberAt, type ValueMap } from '../../../value/value.ts';
import { isToken } from '../../bearer.ts';
import { ProviderError } from '../../errors.ts';
import { malformed, succeeded } from '../../http/refusal.ts';
import type { Answer } from '../../http/transport.ts';
import { generalRefusal } from '../errors.ts';
import type { LogIn, LoginParts } from './grant.ts';
import { readProof } from './proof.ts';
import { type Cause, explainRefusal, misplaced } from './refusal.ts';

/** Takes over the token that somebody else writes to a file, and asks the store how long it is good for. */
export function tokenFileLogin(
  { client, store, isInUse }: LoginParts,
  { tokenFile: file }: TokenFileAuth,
): LogIn {
  const doing = `use the token of ${file}`;
  const refuse = (answer: Answer): ProviderError => tokenRefusal(answer, { store, file, doing });
  return async (signal) => {
    const advice = 'mount the token that the agent is to use there';
    const text = await readProof({ file, what: 'token', advice });
    if (!isToken(text)) throw noToken(file);
    const token = new Secret(text);
    if (isInUse(token)) throw stillTheSame(file);
    const answer = await client({ method: 'GET', path: 'auth/token/lookup-self', token }, signal);
    const general = generalRefusal(answer, doing);
    if (general !== undefined) throw general;
    if (!succeeded(answer)) throw refuse(answer);
    const data = isValueMap(answer.body) ? mapAt(answer.body, 'data') : undefined;
    if (data === undefined) throw malformed(doing, 'data');
    return { token, lifetime: remainingLife(data) };
  };
}

interface Refused {
  readonly store: VaultStore;
  readonly file: string;
  /** Completes "Cannot …". */
  readonly doing: string;
}

function tokenRefusal(answer: Answer, { store, file, doing }: Refused): ProviderError {
  const ended = (): string => `it has ended or was revoked; write a new token to ${file}`;
  const causes: readonly Cause[] = [
    // Servers word the refusal of a policy so, and that of a token which they do not know otherwise.
    [/^1 error occurred/u, noRight],
    [/bad token|invalid token|permission denied/iu, ended],
    ...misplaced(store, { method: 'token', path: 'auth/token' }),
  ];
  return explainRefusal(answer, { doing, causes, otherwise: [ended, noRight] });
}

const noRight = (): string =>
  'its policies do not let it look itself up; grant "read" on "auth/token/lookup-self", as the policy "default" does';

/** What is left of a token: nothing is known of how long it was good for at first. */
function remainingLife(data: ValueMap): Lifetime {
  const seconds = numberAt(data, 'ttl') ?? 0;
  const isEndless = seconds === 0 && typeof data.get('expire_time') !== 'string';
  if (isEndless) return { kind: 'static' };
  return { kind: 'leased', ttlMs: seconds * 1000, renewable: data.get('renewable') === true };
}

const noToken = (file: string): ProviderError =>
  new ProviderError(
    'login_refused',
    `Cannot use the token of ${file}: it is not one plain word, as a token is; write the token alone there`,
  );

/** It works until it ends: until then, it is looked again and again whether there is another. */
const stillTheSame = (file: string): ProviderError =>
  new ProviderError(
    'login_refused',
    `Cannot replace the token of ${file}, which nears its end: the file still holds it; write a new token there`,
  );
