import { DEFAULT_OUTAGE_DEADLINE_MS } from '#contract/agent-outage.ts';
import { native } from './families.ts';
import type { Findings } from './findings.ts';
import type { Injection } from './injection.ts';
import { choiceParser, parseInterval } from './values.ts';

const DEADLINE = native('outage-deadline');

const parseAction = choiceParser('keep', 'remove', 'fail');

/** What an outage is to change, if anything. */
export function readOnOutage(findings: Findings): Pick<Injection, 'onOutage'> {
  const action = findings.read(native('on-outage'), parseAction, undefined);
  const deadlineMs = findings.read(DEADLINE, parseInterval, DEFAULT_OUTAGE_DEADLINE_MS);
  if (action === 'remove' || action === 'fail') return { onOutage: { action, deadlineMs } };
  // One that cannot be read is of use once that is mended.
  const isIdle =
    findings.text(DEADLINE) !== undefined && (action ?? findings.text(native('on-outage'))) === action;
  if (isIdle)
    findings.deny(
      DEADLINE,
      `says when something is done that is not asked for; expected ${native('on-outage')}: "remove" or "fail" beside it`,
    );
  return {};
}
