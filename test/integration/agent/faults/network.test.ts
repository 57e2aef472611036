import { afterAll, beforeAll, describe, test } from 'vitest';
import { type OpenBaoServer, startOpenBao } from '../../../servers/openbao.ts';
import type { NetworkFault } from '../../../servers/fault-proxy.ts';
import { furnish } from '../stage.ts';
import { NETWORK_FAULTS } from './rows/network.ts';
import { TEST } from './trial.ts';
import { BRIEF_TOKENS, expectSurvival, type PassingFault, PHASES } from './passing.ts';

let bao: OpenBaoServer;

beforeAll(async () => {
  bao = await startOpenBao();
  await furnish(bao, BRIEF_TOKENS);
});

afterAll(() => bao.stop());

/** Of one request: so that it is over soon in faults of which only time tells. */
const TIMEOUT_MS = 1500;

const ofNetwork = (fault: NetworkFault, timeoutMs?: number): PassingFault => ({
  ...(timeoutMs !== undefined && { timeoutMs }),
  begin: ({ proxy }) => proxy.inflict(fault),
  end: ({ proxy }) => proxy.heal(),
});

const FAULTS: Readonly<Record<keyof typeof NETWORK_FAULTS, PassingFault>> = {
  refused: ofNetwork('refused'),
  black_hole: ofNetwork('black_hole', TIMEOUT_MS),
  syn_dropped: ofNetwork('syn_dropped', TIMEOUT_MS),
  slow: ofNetwork('slow', TIMEOUT_MS),
  reset: ofNetwork('reset'),
  cut: {
    begin: async ({ front }) => front.behave('cut'),
    end: async ({ front }) => front.behave('pass'),
  },
};

const CASES = Object.entries(FAULTS).map(
  ([name, fault]) => [NETWORK_FAULTS[name as keyof typeof NETWORK_FAULTS], fault] as const,
);

describe.concurrent.each(CASES)('when $fault', TEST, (row, fault) => {
  test.each(PHASES)('and that begins with the %s, no file is lost and none stays old', (phase) =>
    expectSurvival(bao, fault, row, phase),
  );
});
