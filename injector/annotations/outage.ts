import { DEFAULT_OUTAGE_DEADLINE_MS } from '#contract/agent-outage.ts';
import { native } from './families.ts';
import type { Findings } from './findings.ts';
import type { Injection } from './injection.ts';
import { readDropIn, readNative } from './table.ts';

const DEADLINE = native('outage-deadline');

/** For so long Vault Agent tries to read a secret before it ends, if it is to: 12 times, a quarter of a second apart at first. */
const RETRIES_MS = 303_750;

/** What an outage is to change, if anything. */
export function readOnOutage(findings: Findings): Pick<Injection, 'onOutage'> {
  const action = readNative(findings, 'on-outage');
  const deadlineMs = readNative(findings, 'outage-deadline') ?? DEFAULT_OUTAGE_DEADLINE_MS;
  if (action === 'remove' || action === 'fail') return { onOutage: { action, deadlineMs } };
  const failsLikeTheirs = readDropIn(findings, 'template-config-exit-on-retry-failure') === true;
  // One that cannot be read is of use once that is mended.
  const isIdle =
    findings.text(DEADLINE) !== undefined && (action ?? findings.text(native('on-outage'))) === action;
  if (isIdle)
    findings.deny(
      DEADLINE,
      `says when something is done that is not asked for; expected ${native('on-outage')}: "remove" or "fail" beside it`,
    );
  if (!failsLikeTheirs || findings.text(native('on-outage')) !== undefined) return {};
  return { onOutage: { action: 'fail', deadlineMs: RETRIES_MS } };
}
