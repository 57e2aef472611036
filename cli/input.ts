import { readFileSync } from 'node:fs';
import { faultCode } from '#platform/connection-fault.ts';
import { type Parsed, parsed, rejected } from '#contract/problem.ts';

/** One file, or what came by standard input. */
export interface Input {
  readonly file: string;
  readonly text: string;
}

/** Reads files; `-` is standard input. */
export function readInputs(files: readonly string[]): Parsed<readonly Input[]> {
  const read = files.map(readInput);
  const problems = read.flatMap((one) => (one.ok ? [] : one.problems));
  return problems.length > 0
    ? rejected(problems)
    : parsed(read.flatMap((one) => (one.ok ? [one.value] : [])));
}

function readInput(file: string): Parsed<Input> {
  try {
    const text = readFileSync(file === '-' ? 0 : file, 'utf8');
    return parsed({ file: file === '-' ? 'stdin' : file, text });
  } catch (error) {
    return rejected([{ key: file, message: `cannot be read: ${faultCode(error)}` }]);
  }
}
