import { type FaultRows, KEEPS, RETRIES } from './row.ts';

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
} as const satisfies FaultRows;

export const SERVER_FAULTS = {
  sealed: {
    fault: 'the store is sealed, and unsealed later',
    application: KEEPS,
    agent: `${RETRIES}; no login`,
    reason: 'sealed',
    log: 'the server is sealed, standing by or not initialised',
  },
  down: {
    fault: 'the store ends, and is started again with what it knew',
    application: KEEPS,
    agent: `${RETRIES}; no login`,
    reason: 'unreachable',
    log: 'Cannot reach',
  },
  forgetful: {
    fault: 'the store is started again without anything that it knew: tokens, leases, mounts and roles',
    application: KEEPS,
    agent: 'stays ready, says why it cannot log in, and logs in once it can',
    reason: 'token_invalid',
    log: 'the token has ended',
  },
} as const satisfies FaultRows;
