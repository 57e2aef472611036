import { relative } from 'node:path';
import { ROOT } from './command.ts';
import type { Tally } from './outcome.ts';

type Json = Readonly<Record<string, unknown>>;

const record = (value: unknown): Json => (typeof value === 'object' && value !== null ? { ...value } : {});
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function failureOf(test: Json): string {
  const name = text(test['fullName']);
  if (test['status'] !== 'failed')
    return `${name}: did not run (${text(test['status'])}); tests are never skipped`;
  const [message = ''] = list(test['failureMessages']).map(text).join('\n').split('\n');
  return `${name}: ${message}`;
}

function fileFailures(file: Json): { passed: number; failures: string[] } {
  const path = relative(ROOT, text(file['name']));
  const tests = list(file['assertionResults']).map(record);
  const failing = tests.filter((test) => test['status'] !== 'passed');
  const failures = failing.map((test) => `${path} > ${failureOf(test)}`);
  const broken = file['status'] === 'failed' && failing.length === 0;
  if (broken) failures.push(`${path}: ${text(file['message'])}`);
  return { passed: tests.length - failing.length, failures };
}

/**
 * Reads the report of vitest's JSON reporter. A skipped test counts as failed, and so does a file that could not be loaded
 * or whose hooks failed.
 */
export function readVitestReport(value: unknown): { readonly tally: Tally; readonly report: string } {
  const files = list(record(value)['testResults']).map((file) => fileFailures(record(file)));
  const failures = files.flatMap((file) => file.failures);
  const passed = files.reduce((sum, file) => sum + file.passed, 0);
  return { tally: { passed, failed: failures.length }, report: failures.join('\n') };
}

/** What vitest's own reporter says about failures, with the differences and the lines of source, without the list of what passed. */
export function failureSection(output: string): string {
  const start = output.search(/^⎯+ *(?:Failed|Unhandled)/mu);
  return start < 0 ? '' : output.slice(start).trimEnd();
}
