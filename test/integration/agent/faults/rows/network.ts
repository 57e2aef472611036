import { type FaultRows, KEEPS, RETRIES } from './row.ts';

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
} as const satisfies FaultRows;
