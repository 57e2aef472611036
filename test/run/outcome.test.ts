import { describe, expect, test } from 'vitest';
import { fromExit, fromTests, type Outcome, total } from './outcome.ts';

const good: Outcome = { ok: true, passed: 3, failed: 0, report: '' };

describe('a suite of tests', () => {
  test('passes if every test passed, and says nothing', () => {
    expect(fromTests({ passed: 3, failed: 0 }, 'noise')).toEqual(good);
  });

  test('fails with its report if one test failed', () => {
    expect(fromTests({ passed: 3, failed: 1 }, 'why')).toEqual({
      ok: false,
      passed: 3,
      failed: 1,
      report: 'why',
    });
  });

  test('tells which tests were unsteady, passed or failed', () => {
    expect(fromTests({ passed: 3, failed: 0 }, '', 'a')).toEqual({ ...good, report: 'a' });
    expect(fromTests({ passed: 3, failed: 1 }, 'why', 'a').report).toBe('a\nwhy');
  });

  test('fails if it ran no test', () => {
    expect(fromTests({ passed: 0, failed: 0 }, '')).toMatchObject({ ok: false, report: 'No test ran.' });
  });
});

describe('a command', () => {
  test('passes with exit code 0, whatever it printed', () => {
    expect(fromExit(0, 'All good\n')).toEqual({ ok: true, passed: 0, failed: 0, report: '' });
  });

  test('fails with what it printed', () => {
    expect(fromExit(2, 'Broken\n')).toEqual({ ok: false, passed: 0, failed: 0, report: 'Broken' });
  });
});

describe('the total', () => {
  test('adds up all suites', () => {
    expect(total([good, { ...good, ok: false, failed: 2 }])).toEqual({ passed: 6, failed: 2 });
  });

  test('counts a stage that failed without a failing test as one failure', () => {
    expect(total([good, fromExit(1, 'lint'), fromTests({ passed: 0, failed: 0 }, '')])).toEqual({
      passed: 3,
      failed: 2,
    });
  });
});
