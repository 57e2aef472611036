import type { FailureCode } from '../../../../agent/provider/errors.ts';

/** A fault, and what comes of it. The tests beside this table make each and hold the rest of its row against what they see. */
export interface FaultRow {
  /** What happens to the agent. */
  readonly fault: string;
  /** Of what its files are made of, as the application sees it. */
  readonly application: string;
  readonly agent: string;
  /** Under which `sidekey_agent_store_errors_total` counts it. */
  readonly reason: FailureCode;
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
