import type { FaultRows } from './row.ts';

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
} as const satisfies FaultRows;
