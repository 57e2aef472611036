import { relative } from 'node:path';
import { ROOT } from './command.ts';
import type { Tally } from './outcome.ts';

type Json = Readonly<Record<string, unknown>>;

const record = (value: unknown): Json => (typeof value === 'object' && value !== null ? { ...value } : {});
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The first line of what went wrong, in any attempt. */
function faultOf(test: Json): string {
  const [message = ''] = list(test['failureMessages']).map(text).join('\n').split('\n');
  return message;
}

function failureOf(test: Json): string {
  const name = text(test['fullName']);
  if (test['status'] === 'failed') return `${name}: ${faultOf(test)}`;
  return `${name}: did not run (${text(test['status'])}); tests are never skipped`;
}

interface FileReport {
  readonly passed: number;
  readonly failures: readonly string[];
  readonly unsteady: readonly string[];
}

function readFileReport(file: Json): FileReport {
  const path = relative(ROOT, text(file['name']));
  const tests = list(file['assertionResults']).map(record);
  const passing = tests.filter((test) => test['status'] === 'passed');
  const failing = tests.filter((test) => test['status'] !== 'passed');
  const failures = failing.map((test) => `${path} > ${failureOf(test)}`);
  const broken = file['status'] === 'failed' && failing.length === 0;
  if (broken) failures.push(`${path}: ${text(file['message'])}`);
  const unsteady = passing
    .filter((test) => faultOf(test) !== '')
    .map((test) => `${path} > ${text(test['fullName'])}: passed, but not at first: ${faultOf(test)}`);
  return { passed: passing.length, failures, unsteady };
}

/** What a run of vitest came to. */
export interface VitestReport {
  readonly tally: Tally;
  /** Each failure in a line. */
  readonly report: string;
  /** Each test that passed only when it was tried again, in a line: nothing that may stay so. */
  readonly unsteady: string;
}

/**
 * Reads the report of vitest's JSON reporter. A skipped test counts as failed, and so does a file that could not be loaded
 * or whose hooks failed.
 */
export function readVitestReport(value: unknown): VitestReport {
  const files = list(record(value)['testResults']).map((file) => readFileReport(record(file)));
  const failures = files.flatMap((file) => file.failures);
  const passed = files.reduce((sum, file) => sum + file.passed, 0);
  return {
    tally: { passed, failed: failures.length },
    report: failures.join('\n'),
    unsteady: files.flatMap((file) => file.unsteady).join('\n'),
  };
}

/** What vitest's own reporter says about failures, with the differences and the lines of source, without the list of what passed. */
export function failureSection(output: string): string {
  const start = output.search(/^⎯+ *(?:Failed|Unhandled)/mu);
  return start < 0 ? '' : output.slice(start).trimEnd();
}
