import { relative, resolve } from 'node:path';
import { type Parsed, parsed, type Problem, rejected } from '#contract/problem.ts';
import { chosen, filesProblems, readArguments } from '../../arguments.ts';

export const USAGE = `sidekey tenant render -f TENANTS [-f TENANTS …] [-o DIR]

Writes what tenants are in Kubernetes (with the policies of the platform), in Vault or OpenBao, and in Infisical: text to commit, and to
apply from there. Asks no cluster and no store. The same tenants always give the same files.

  -f TENANTS           files of YAML or JSON, directories of them, or - for standard input; may be repeated
  -o DIR               a directory, which is replaced as a whole; one that others made, or put a file into, is left alone. Without it the
                       part for Kubernetes is printed: sidekey tenant render -f tenants | kubectl apply -f -
  --action deny|audit  what the policies do about a request that is not allowed; deny

Ends with 0 if all is written, and with 2 if the command line or a tenant is wrong, or a file cannot be written: then nothing is.
`;

const ACTIONS = ['deny', 'audit'] as const;

/** What `sidekey tenant render` was called for. */
export interface RenderCommand {
  readonly tenants: readonly string[];
  /** Absent: standard output. */
  readonly directory?: string;
  readonly action: (typeof ACTIONS)[number];
}

const FLAGS = {
  file: { type: 'string', short: 'f', multiple: true },
  output: { type: 'string', short: 'o' },
  action: { type: 'string', default: 'deny' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Reads the words behind `tenant render`. */
export function parseRender(args: readonly string[]): Parsed<RenderCommand | 'help'> {
  const read = readArguments(args, FLAGS);
  if (!read.ok) return read;
  const { values, positionals } = read.value;
  if (values.help) return parsed('help');
  const { file: tenants = [], output: directory } = values;
  const action = chosen('--action', values.action, ACTIONS);
  const problems = [
    ...positionals.map((one) => ({ key: one, message: 'is one argument too many; name files with -f' })),
    ...filesProblems('-f', tenants),
    ...(directory === undefined ? [] : directoryProblems(directory, tenants)),
    ...(action.ok ? [] : action.problems),
  ];
  if (!action.ok || problems.length > 0) return rejected(problems);
  return parsed({ tenants, action: action.value, ...(directory === undefined ? {} : { directory }) });
}

/** What is written must not be read as tenants the next time. */
function directoryProblems(directory: string, tenants: readonly string[]): readonly Problem[] {
  if (directory === '') return [{ key: '-o', message: 'must name a directory' }];
  const around = tenants.find((one) => one !== '-' && isWithin(directory, one));
  if (around === undefined) return [];
  const message = `is within ${around}, all of which is read as tenants; name a directory elsewhere`;
  return [{ key: `-o ${directory}`, message }];
}

const isWithin = (path: string, directory: string): boolean =>
  !relative(resolve(directory), resolve(path)).startsWith('..');
