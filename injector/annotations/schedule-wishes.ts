import { type Backoff, USUAL_BACKOFF } from '#contract/backoff.ts';
import { dropIn } from './families.ts';
import type { Findings } from './findings.ts';
import type { Injection } from './injection.ts';
import { readDropIn } from './table.ts';

/** What a pod says of when something is tried again, or replaced. */
export function readSchedule(
  findings: Findings,
): Pick<Injection, 'backoff' | 'replaceAfter' | 'endsOnLoginFault'> {
  const backoff = readBackoff(findings);
  const replaceAfter = readDropIn(findings, 'template-lease-renewal-threshold');
  return {
    ...(backoff && { backoff }),
    ...(replaceAfter === undefined ? {} : { replaceAfter }),
    endsOnLoginFault: readDropIn(findings, 'agent-auto-auth-exit-on-err') === true,
  };
}

const [LEAST, MOST] = ['auth-min-backoff', 'auth-max-backoff'] as const;

const readPause = (findings: Findings, key: typeof LEAST | typeof MOST): number | undefined =>
  readDropIn(findings, key) || undefined;

/** One of them alone moves the other out of its way. */
function readBackoff(findings: Findings): Backoff | undefined {
  const [least, most] = [readPause(findings, LEAST), readPause(findings, MOST)];
  if (least === undefined && most === undefined) return undefined;
  if (least !== undefined && most !== undefined && least > most)
    findings.deny(
      dropIn(LEAST),
      `is longer than ${dropIn(MOST)}; expected the first pause to be at most as long as the longest`,
    );
  return {
    leastMs: least ?? Math.min(USUAL_BACKOFF.leastMs, most ?? Infinity),
    mostMs: most ?? Math.max(USUAL_BACKOFF.mostMs, least ?? 0),
  };
}
