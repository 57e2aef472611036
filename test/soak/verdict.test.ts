import { describe, expect, test } from 'vitest';
import type { Fault, Sample, SoakRecord, Trouble } from './record.ts';
import { faultyMs, isExcused, judge, lateness, median, slope, third } from './verdict.ts';

const BOUNDS = { pollMs: 1000, slackMs: 5000 };

const fault = (begin: number, end: number, kind: Fault['kind'] = 'store sealed'): Fault => ({
  kind,
  begin,
  end,
});
const refused = (at: number): Trouble => ({ pod: 'one', at, kind: 'login', what: 'refused' });

const flat = (mb: (at: number) => number): Sample[] =>
  Array.from({ length: 900 }, (_, index) => ({
    at: index * 2000,
    privateMb: mb(index * 2000),
    descriptors: 20,
  }));

const GOOD: SoakRecord = {
  seed: 1,
  durationMs: 1_800_000,
  faults: [],
  writes: [{ kind: 'KV v2', pod: 'one', at: 0, seenAt: 900 }],
  rotations: { 'KV v2': 1, 'KV v1': 1, database: 1, PKI: 1 },
  troubles: [],
  samples: flat(() => 30),
  looks: 1,
  connects: 1,
  told: 1,
  asked: { logins: 1, leases: 1, certificates: 1 },
  left: [],
};

const wrong = (change: Partial<SoakRecord>): readonly string[] => judge({ ...GOOD, ...change }, BOUNDS);

describe('a soak', () => {
  test('in which all is well is found well', () => {
    expect(wrong({})).toEqual([]);
  });

  test('in which a value was never seen, or late, is found wrong', () => {
    expect(wrong({ writes: [{ kind: 'KV v2', pod: 'one', at: 0 }] })).toHaveLength(1);
    expect(wrong({ writes: [{ kind: 'KV v2', pod: 'one', at: 0, seenAt: 6001 }] })).toHaveLength(1);
    expect(wrong({ writes: [{ kind: 'KV v2', pod: 'one', at: 0, seenAt: 6000 }] })).toEqual([]);
  });

  test('in which a file was torn, a probe refused or a process gone is found wrong whatever the faults', () => {
    for (const kind of ['file', 'readiness', 'process'] as const) {
      const troubles = [{ pod: 'one', at: 5000, kind, what: 'it was' }];
      expect(wrong({ troubles, faults: [fault(0, 60_000)] })).toEqual([
        'one: it was, at 5.0 s, during "store sealed"',
      ]);
    }
  });

  test('says the same trouble once, when it was, and after which fault', () => {
    const troubles = [7000, 8000, 9000].map(refused);
    expect(wrong({ troubles, faults: [fault(1000, 2000), fault(20_000, 30_000)] })).toEqual([
      'one: refused, at 7.0 s, 3 times until 9.0 s, 5.0 s after "store sealed"',
    ]);
    expect(wrong({ troubles: [refused(10)] })).toEqual(['one: refused, at 0.0 s, before any fault']);
  });

  test('in which something is left over, or never changed, is found wrong', () => {
    expect(wrong({ left: ['lease x'] })).toEqual(['left over: lease x']);
    expect(wrong({ rotations: { ...GOOD.rotations, PKI: 0 } })).toEqual(['PKI never changed']);
  });

  test('in which memory goes up and down is found well, and one in which it only goes up wrong', () => {
    expect(wrong({ samples: flat((at) => 30 + 4 * Math.sin(at / 20_000)) })).toEqual([]);
    // Three megabytes in ten minutes.
    expect(wrong({ samples: flat((at) => 30 + at / 200_000) })).toEqual(['private memory grew by 3.0 MB']);
    // The first third is for warming up.
    expect(wrong({ samples: flat((at) => (at < 590_000 ? 20 : 30)) })).toEqual([]);
  });

  test('in which file descriptors are not closed is found wrong, however short', () => {
    const samples = flat(() => 30).map((sample, index) => ({ ...sample, descriptors: 20 + index }));
    expect(wrong({ samples, durationMs: 20_000 })).toEqual(['300 file descriptors more than before']);
  });
});

describe('a refused credential', () => {
  test('is a fault of the agent if nothing else was wrong', () => {
    expect(isExcused(refused(100_000), [], BOUNDS)).toBe(false);
    expect(isExcused(refused(100_000), [fault(60_000, 64_000)], BOUNDS)).toBe(false);
  });

  test('is none soon after its token was revoked, and is one later', () => {
    const revoked = fault(100_000, 100_000, 'token revoked');
    expect(isExcused(refused(99_999), [revoked], BOUNDS)).toBe(false);
    expect(isExcused(refused(106_000), [revoked], BOUNDS)).toBe(true);
    expect(isExcused(refused(106_001), [revoked], BOUNDS)).toBe(false);
    expect(isExcused(refused(109_000), [revoked, fault(101_000, 104_000)], BOUNDS)).toBe(true);
  });

  test('is none if faults took the time in which it is replaced', () => {
    expect(isExcused(refused(100_000), [fault(85_000, 98_000)], BOUNDS)).toBe(true);
    const certificate = { ...refused(100_000), kind: 'certificate' } as const;
    expect(isExcused(certificate, [fault(90_000, 98_001)], BOUNDS)).toBe(true);
    expect(isExcused(certificate, [fault(90_000, 97_000)], BOUNDS)).toBe(false);
    expect(isExcused(certificate, [fault(99_000, 99_000, 'token revoked')], BOUNDS)).toBe(false);
  });
});

test('a value is late by the time it took without the faults meanwhile', () => {
  const faults = [fault(0, 100), fault(200, 300), fault(900, 2000)];
  expect(faultyMs(faults, 50, 1000)).toBe(50 + 100 + 100);
  expect(lateness({ kind: 'KV v1', pod: 'one', at: 50, seenAt: 1000 }, faults)).toBe(700);
  expect(lateness({ kind: 'KV v1', pod: 'one', at: 50 }, faults)).toBe(Number.POSITIVE_INFINITY);
});

test('medians, thirds and slopes are those of mathematics', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([])).toBe(0);
  expect(third(GOOD.samples, 2)).toHaveLength(300);
  expect(slope(flat((at) => at / 3_600_000))).toBeCloseTo(1, 6);
  expect(slope([])).toBe(0);
});
