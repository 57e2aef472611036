import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from './command.ts';
import { readShellReport } from './shell-report.ts';
import { failureSection, readVitestReport } from './vitest-report.ts';

const NAME = join(ROOT, 'test/a.test.ts');
const passing = { fullName: 'a works', status: 'passed', failureMessages: [] };

describe('vitest’s report', () => {
  test('counts what passed over all files', () => {
    const file = { name: NAME, status: 'passed', message: '', assertionResults: [passing, passing] };
    expect(readVitestReport({ testResults: [file, file] })).toEqual({
      tally: { passed: 4, failed: 0 },
      report: '',
      unsteady: '',
    });
  });

  test('counts a test that passed when it was tried again, and names it', () => {
    const again = { ...passing, failureMessages: ['Error: not yet\n  at x'] };
    const file = { name: NAME, status: 'passed', message: '', assertionResults: [passing, again] };
    expect(readVitestReport({ testResults: [file] })).toEqual({
      tally: { passed: 2, failed: 0 },
      report: '',
      unsteady: 'test/a.test.ts > a works: passed, but not at first: Error: not yet',
    });
  });

  test('names the file, the test and the reason of a failure', () => {
    const failing = {
      fullName: 'a fails',
      status: 'failed',
      failureMessages: ['expected 1 to be 2\n  at x'],
    };
    const file = { name: NAME, status: 'failed', message: '', assertionResults: [passing, failing] };
    const { tally, report } = readVitestReport({ testResults: [file] });
    expect(tally).toEqual({ passed: 1, failed: 1 });
    expect(report).toBe('test/a.test.ts > a fails: expected 1 to be 2');
  });

  test.each(['skipped', 'pending', 'todo'])('counts a test that is %s as failed', (status) => {
    const file = { name: NAME, status: 'passed', message: '', assertionResults: [{ ...passing, status }] };
    const { tally, report } = readVitestReport({ testResults: [file] });
    expect(tally).toEqual({ passed: 0, failed: 1 });
    expect(report).toContain('did not run');
  });

  test('counts a file that does not load as one failure', () => {
    const file = { name: NAME, status: 'failed', message: 'Cannot find module', assertionResults: [] };
    const { tally, report } = readVitestReport({ testResults: [file] });
    expect(tally).toEqual({ passed: 0, failed: 1 });
    expect(report).toContain('Cannot find module');
  });

  test.each([[{}], [undefined], [{ testResults: 'x' }]])('finds no test in %j', (value) => {
    expect(readVitestReport(value).tally).toEqual({ passed: 0, failed: 0 });
  });
});

describe('vitest’s own words', () => {
  test('are what comes after its list of files', () => {
    const section = '⎯⎯⎯ Failed Tests 1 ⎯⎯⎯\n\n- 1\n+ 2';
    expect(failureSection(`✓ one\n× two\n\n${section}\n\n`)).toBe(section);
  });

  test('are nothing if nothing failed', () => {
    expect(failureSection('✓ one\n Tests  1 passed')).toBe('');
  });
});

test('a shell check’s report counts its lines', () => {
  const output = 'ok: one\n# in 3 s\nnot ok: two: wanted a, got b\nok: three\nnotok: x\n1 passed, 1 failed\n';
  expect(readShellReport(output)).toEqual({
    tally: { passed: 2, failed: 1 },
    report: 'not ok: two: wanted a, got b',
  });
});
