import { setTimeout as sleep } from 'node:timers/promises';
import { inTime } from '../../../servers/eventually.ts';
import type { OpenBaoServer } from '../../../servers/openbao.ts';
import type { FaultRow } from './rows/row.ts';
import { expectContent, expectTold, expectUnharmed, PATIENCE_MS, Trial } from './trial.ts';

/** How a fault is made and taken back. */
export interface PassingFault {
  begin(trial: Trial): Promise<void>;
  end(trial: Trial): Promise<void>;
  /** Of one request; what takes time is found by it. */
  readonly timeoutMs?: number;
  /** What else has to hold in the end. */
  expectMore?(trial: Trial): void;
}

/** When a fault comes: with the first request, with the first read, in steady life, or with a renewal of the token. */
export const PHASES = ['login', 'first read', 'steady life', 'renewal'] as const;
export type Phase = (typeof PHASES)[number];

/** Requests that begin a phase. A renewal that a busy machine lets come too late is a login. */
const OPENINGS: Readonly<Partial<Record<Phase, RegExp>>> = {
  login: /^auth\/kubernetes\/login$/u,
  'first read': /^secret\/data\//u,
  renewal: /^auth\/(?:token\/renew-self|kubernetes\/login)$/u,
};

/** How long a fault lasts once it was noticed: several attempts. */
const HOLD_MS = 2000;

/** Tokens that are renewed every three seconds. */
export const BRIEF_TOKENS = { ttl: '6s', maxTtl: '1h' } as const;

/** One agent meets one fault in one phase of its life, in which a secret changes, and then the fault is over. */
export async function expectSurvival(
  bao: OpenBaoServer,
  { timeoutMs, ...fault }: PassingFault,
  row: FaultRow,
  phase: Phase,
): Promise<void> {
  await using trial = await Trial.open(bao, { vault: () => (timeoutMs === undefined ? {} : { timeoutMs }) });
  const rendered = phase === 'steady life' || phase === 'renewal';
  if (rendered) {
    trial.start();
    await trial.ready();
  }
  const begun = beginIn(phase, trial, fault);
  if (!rendered) trial.start();
  await begun;
  await expectTold(trial, row, await trial.errors(row.reason ?? '').catch(() => 0));
  await trial.write('after');
  await sleep(HOLD_MS);
  expectUnharmed(trial, rendered ? ['before'] : []);
  await fault.end(trial);
  await expectContent(trial, 'after');
  expectUnharmed(trial, rendered ? ['before', 'after'] : ['after']);
  fault.expectMore?.(trial);
}

/**
 * Resolves when the fault has begun.
 *
 * @throws {Error} With what the agent said, if it does not come to the phase.
 */
async function beginIn(phase: Phase, trial: Trial, { begin }: Pick<PassingFault, 'begin'>): Promise<void> {
  const opening = OPENINGS[phase];
  if (opening === undefined) return begin(trial);
  const begun = new Promise<void>((resolve, reject) => {
    trial.front.meet(opening, () => begin(trial).then(resolve, reject));
  });
  await inTime(`a request for ${opening.source}`, PATIENCE_MS, begun).catch((error: unknown) => {
    throw new Error(`The fault did not begin. The agent said:\n${trial.pod.output}`, { cause: error });
  });
}
