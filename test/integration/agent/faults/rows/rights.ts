import { type FaultRows, KEEPS } from './row.ts';

const STAYS = 'its files with the last values; those that come in their place as soon as there are any';

export const RIGHTS_FAULTS = {
  policy: {
    fault: 'the policy of the role is removed',
    application: KEEPS,
    agent: 'stays ready, says what to grant, asks again; no login',
    reason: 'forbidden',
    log: 'the policies of the role do not allow it; grant',
  },
  token: {
    fault: 'the token is revoked',
    application: 'nothing but the new values',
    agent: 'logs in once, and reads what has a lease under the new token',
    reason: 'token_invalid',
    log: 'the token has ended',
  },
  deleted: {
    fault: 'the version of a secret is deleted or destroyed',
    application: STAYS,
    agent: 'stays ready, and asks again at each poll',
    reason: 'not_found',
    log: 'this version was deleted or destroyed',
  },
  absent: {
    fault: 'a secret is removed with all its versions',
    application: STAYS,
    agent: 'stays ready, and asks again at each poll',
    reason: 'not_found',
    log: 'there is nothing; check the mount, the path and the namespace',
  },
  mount: {
    fault: 'the mount of a secret is disabled',
    application: STAYS,
    agent: 'stays ready, and asks again at each poll',
    reason: 'not_found',
    log: 'there is nothing; check the mount, the path and the namespace',
  },
  lease: {
    fault: 'a lease is revoked, by itself or by its prefix',
    application:
      'a credential that the store has ended, until the next renewal (half its life at most); then another',
    agent: 'reads it anew when its renewal is refused; no login',
    reason: 'lease_gone',
    log: 'the server refuses it; a new one is needed',
  },
} as const satisfies FaultRows;
