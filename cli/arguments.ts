import { parseArgs, type ParseArgsConfig } from 'node:util';
import { type Parsed, parsed, type Problem, rejected } from '#contract/problem.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

interface Config<T extends Options> {
  args: string[];
  options: T;
  allowPositionals: true;
}

/** The words behind a command: its flags, and what stands beside them. A flag that nobody knows is a problem. */
export function readArguments<T extends Options>(
  args: readonly string[],
  options: T,
): Parsed<ReturnType<typeof parseArgs<Config<T>>>> {
  try {
    return parsed(parseArgs<Config<T>>({ args: [...args], options, allowPositionals: true }));
  } catch (error) {
    return rejected([{ key: 'arguments', message: error instanceof Error ? error.message : String(error) }]);
  }
}

/** That files are named, and standard input, which is read once, at most once. */
export function filesProblems(
  flag: string,
  files: readonly string[],
  others: readonly string[] = [],
): readonly Problem[] {
  const inputs = [...files, ...others].filter((one) => one === '-').length;
  return [
    ...(files.length === 0
      ? [{ key: flag, message: 'must name a file or directory, or be - for standard input' }]
      : []),
    ...(inputs > 1 ? [{ key: flag, message: 'can be - only once: standard input is read once' }] : []),
  ];
}

/** The choice that a flag names, or what it may name. */
export function chosen<T extends string>(flag: string, text: string, choices: readonly T[]): Parsed<T> {
  const choice = choices.find((one) => one === text);
  return choice === undefined
    ? rejected([{ key: flag, message: `must be one of ${choices.join(', ')}` }])
    : parsed(choice);
}
