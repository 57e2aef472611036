import type { FailureCode } from '../../../../../agent/provider/errors.ts';

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

export type FaultRows = Readonly<Record<string, FaultRow>>;

/** Nothing that the network or the server does takes a file away. */
export const KEEPS = 'its files, whole, with the last values; the new ones once the fault is over';

/** What is only away comes back. */
export const RETRIES = 'stays ready, asks again at growing intervals, of half a minute at most';
