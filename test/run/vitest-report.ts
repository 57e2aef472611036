import { relative } from 'node:path';
import { ROOT } from './command.ts';
import type { Tally } from './outcome.ts';

type Json = Readonly<Record<string, unknown>>;

const record = (value: unknown): Json => (typeof value === 'object' && value !== null ? { ...value } : {});
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The first lines of a message hold what was expected and what came; the rest is stack within the runner. */
const MESSAGE_LINES = 25;

function failureOf(test: Json): string {
  const name = text(test['fullName']);
  if (test['status'] !== 'failed')
    return `${name}\n    did not run (${text(test['status'])}): tests are never skipped`;
  const messages = list(test['failureMessages']).map(text).join('\n').split('\n');
  return [name, ...messages.slice(0, MESSAGE_LINES).map((line) => `    ${line}`)].join('\n');
}

function fileFailures(file: Json): { passed: number; failures: string[] } {
  const path = relative(ROOT, text(file['name']));
  const tests = list(file['assertionResults']).map(record);
  const failing = tests.filter((test) => test['status'] !== 'passed');
  const failures = failing.map((test) => `${path} > ${failureOf(test)}`);
  const broken = file['status'] === 'failed' && failing.length === 0;
  if (broken) failures.push(`${path}\n    ${text(file['message'])}`);
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
  return { tally: { passed, failed: failures.length }, report: failures.join('\n\n') };
}
