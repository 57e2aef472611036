import { type FaultRows, KEEPS } from './row.ts';

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
} as const satisfies FaultRows;
