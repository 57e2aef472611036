import type { FailureCode } from '../../../../agent/provider/errors.ts';

/** A fault, and what comes of it. The tests beside this table make each and hold the rest of its row against what they see. */
export interface FaultRow {
  /** What happens to the agent. */
  readonly fault: string;
  /** Of what its files are made of, as the application sees it. */
  readonly application: string;
  readonly agent: string;
  /** Under which `sidekey_agent_store_errors_total` counts it, if it does. */
  readonly reason?: FailureCode;
  /** What a line of the log says of it. */
  readonly log: string;
}

/** Nothing that the network or the server does takes a file away. */
const KEEPS = 'its files, whole, with the last values; the new ones once the fault is over';
const RETRIES = 'stays ready, asks again at growing intervals, and at least at each poll';

export const NETWORK_FAULTS = {
  refused: {
    fault: 'the store refuses connections',
    application: KEEPS,
    agent: RETRIES,
    reason: 'unreachable',
    log: 'ECONNREFUSED',
  },
  black_hole: {
    fault: 'connections lead nowhere: taken, and never answered, those that were open among them',
    application: KEEPS,
    agent: `gives each request up after its deadline; ${RETRIES}`,
    reason: 'timeout',
    log: 'no whole answer within',
  },
  syn_dropped: {
    fault: 'packets are dropped: not even a connection comes about',
    application: KEEPS,
    agent: `gives each request up after its deadline; ${RETRIES}`,
    reason: 'timeout',
    log: 'no whole answer within',
  },
  slow: {
    fault: 'answers come a byte at a time',
    application: KEEPS,
    agent: `gives each request up after its deadline, however much has arrived; ${RETRIES}`,
    reason: 'timeout',
    log: 'no whole answer within',
  },
  reset: {
    fault: 'connections are reset',
    application: KEEPS,
    agent: RETRIES,
    reason: 'unreachable',
    log: 'ECONNRESET',
  },
  cut: {
    fault: 'answers end in the middle',
    application: KEEPS,
    agent: `uses no part of them; ${RETRIES}`,
    reason: 'unreachable',
    log: 'ECONNRESET',
  },
} as const satisfies Readonly<Record<string, FaultRow>>;

const SAYS = (status: string): string => `the server answered ${status}`;

export const ANSWER_FAULTS = {
  rate_limited: {
    fault: 'the store answers 429 with `Retry-After`',
    application: KEEPS,
    agent:
      'stays ready, and does not ask the same again before that time is over, of which it heeds up to five minutes',
    reason: 'rate_limited',
    log: 'the server limits the rate of requests',
  },
  internal_error: {
    fault: 'the store answers 500',
    application: KEEPS,
    agent: RETRIES,
    reason: 'server_error',
    log: SAYS('500'),
  },
  bad_gateway: {
    fault: 'a load balancer answers 502, in HTML',
    application: KEEPS,
    agent: RETRIES,
    reason: 'server_error',
    log: SAYS('502'),
  },
  unavailable: {
    fault: 'the store answers 503: it is sealed or not initialised',
    application: KEEPS,
    agent: RETRIES,
    reason: 'sealed',
    log: 'the server is sealed, standing by or not initialised',
  },
  gateway_timeout: {
    fault: 'a load balancer answers 504',
    application: KEEPS,
    agent: RETRIES,
    reason: 'server_error',
    log: SAYS('504'),
  },
  standby: {
    fault: 'a standby that forwards nothing answers 307',
    application: KEEPS,
    agent: `does not follow, for the token would go along; ${RETRIES}`,
    reason: 'sealed',
    log: 'the server is standing by and names another',
  },
  other_standby: {
    fault: 'a standby answers as its health check does: 472 or 473',
    application: KEEPS,
    agent: RETRIES,
    reason: 'sealed',
    log: 'the server is sealed, standing by or not initialised',
  },
  captive: {
    fault: 'something else answers 200, in HTML',
    application: KEEPS,
    agent: RETRIES,
    reason: 'invalid_response',
    log: 'it is not JSON',
  },
} as const satisfies Readonly<Record<string, FaultRow>>;

export const TRUST_FAULTS = {
  leaf: {
    fault: 'the store shows another certificate of the same authority',
    application: 'nothing but the new values',
    agent: 'notices nothing',
    log: 'Rotated',
  },
  stranger: {
    fault: 'the store shows a certificate of another authority',
    application: KEEPS,
    agent: 'refuses it, stays ready, asks again, and reads the file that says whom to trust each time',
    reason: 'unreachable',
    log: 'its certificate is not trusted',
  },
  rotated: {
    fault: 'the file that says whom to trust is replaced',
    application: 'nothing but the new values',
    agent: 'takes it for the connections that begin from then on',
    log: 'Replaced whom to trust',
  },
  unusable: {
    fault: 'the file that says whom to trust becomes empty, broken or is removed',
    application: 'nothing but the new values',
    agent: 'trusts whom it trusted; `sidekey_agent_authority_current` is 0',
    log: 'Trust whom was trusted: the new file cannot be used',
  },
  missing: {
    fault: 'the file that says whom to trust is not there at the start',
    application: 'is not started before it is',
    agent: 'asks nobody, says so on `/readyz`, and looks again',
    reason: 'unreachable',
    log: 'Cannot tell whom to trust',
  },
} as const satisfies Readonly<Record<string, FaultRow>>;

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
} as const satisfies Readonly<Record<string, FaultRow>>;

/** Neither the agent nor the application notices. */
const STEADY =
  'renews and reads when it would have, for it counts by the steady clock of the machine; so does an agent that is started after it';

export const CLOCK_FAULTS = {
  forward: {
    fault: 'the clock of the machine is set five hours ahead',
    application: 'nothing',
    agent: STEADY,
    log: 'Renewed a lease',
  },
  back: {
    fault: 'the clock of the machine is set five hours back',
    application: 'nothing',
    agent: STEADY,
    log: 'Renewed a lease',
  },
} as const satisfies Readonly<Record<string, FaultRow>>;
