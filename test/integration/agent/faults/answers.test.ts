import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OpenBaoServer, startOpenBao } from '../../../servers/openbao.ts';
import type { Answer, Asked } from '../../../servers/store-front.ts';
import { furnish } from '../stage.ts';
import { BRIEF_TOKENS, expectSurvival, type PassingFault, PHASES } from './passing.ts';
import { ANSWER_FAULTS } from './rows/store.ts';
import { TEST } from './trial.ts';

let bao: OpenBaoServer;

beforeAll(async () => {
  bao = await startOpenBao();
  await furnish(bao, BRIEF_TOKENS);
});

afterAll(() => bao.stop());

const answering = (answer: Answer): PassingFault => ({
  begin: async ({ front }) => front.behave(answer),
  end: async ({ front }) => front.behave('pass'),
});

const PAUSE_S = 3;
/** Both clocks count whole milliseconds. */
const ROUNDING_MS = 10;

const json = { 'content-type': 'application/json' };
const html = { 'content-type': 'text/html' };
const page = '<html><body><h1>Something is wrong</h1></body></html>';

const FAULTS: Readonly<Record<keyof typeof ANSWER_FAULTS, PassingFault>> = {
  rate_limited: {
    ...answering({
      status: 429,
      headers: { ...json, 'retry-after': String(PAUSE_S) },
      body: '{"errors":["request path limit exceeded"]}',
    }),
    expectMore: ({ front }) => expectPauses(front.asked),
  },
  internal_error: answering({ status: 500, headers: json, body: '{"errors":["internal error"]}' }),
  bad_gateway: answering({ status: 502, headers: html, body: page }),
  unavailable: answering({ status: 503, headers: json, body: '{"errors":["Vault is sealed"]}' }),
  gateway_timeout: answering({ status: 504, headers: html, body: page }),
  standby: answering({ status: 307, headers: { location: 'http://127.0.0.1:1/v1/elsewhere' } }),
  other_standby: answering({ status: 473, headers: json, body: '{}' }),
  captive: answering({ status: 200, headers: html, body: page }),
};

/** After each 429, the same was not asked for until its time was over. */
function expectPauses(asked: readonly Asked[]): void {
  const pauses = [...Map.groupBy(asked, ({ path }) => path).values()].flatMap((requests) =>
    requests.flatMap(({ at, status }, index) => {
      const next = requests[index + 1];
      return status === 429 && next !== undefined ? [next.at - at] : [];
    }),
  );
  expect(pauses.length).toBeGreaterThan(0);
  expect(Math.min(...pauses)).toBeGreaterThan(PAUSE_S * 1000 - ROUNDING_MS);
}

const CASES = Object.entries(FAULTS).map(
  ([name, fault]) => [ANSWER_FAULTS[name as keyof typeof ANSWER_FAULTS], fault] as const,
);

describe.concurrent.each(CASES)('when $fault', TEST, (row, fault) => {
  test.each(PHASES)('and that begins with the %s, no file is lost and none stays old', (phase) =>
    expectSurvival(bao, fault, row, phase),
  );
});
