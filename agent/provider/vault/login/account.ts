import type { AccountAuth } from '#contract/vault-auth.ts';
import type { ProviderError } from '../../errors.ts';
import type { Answer } from '../../http/transport.ts';
import { accountRefusal } from './account-refusal.ts';
import { type LogIn, type LoginParts, requestGrant } from './grant.ts';
import { readProof } from './proof.ts';

/** Logs in with the pod's service-account token. Kubernetes and JWT auth take the same request. */
export function accountLogin({ client, store }: LoginParts, auth: AccountAuth): LogIn {
  const { path, role, tokenFile: file } = auth;
  return async (signal) => {
    const jwt = await readProof({
      file,
      what: 'service-account token',
      advice: 'mount a projected token there',
    });
    const refused = (answer: Answer): ProviderError => accountRefusal(answer, { store, auth, jwt });
    return await requestGrant(client, { path, body: { role, jwt }, refused }, signal);
  };
}
