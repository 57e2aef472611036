import { type Parsed, parsed, rejected } from '#contract/problem.ts';
import { chosen, filesProblems, readArguments } from '../arguments.ts';

export const USAGE = `sidekey policy render [-f PLATFORM] [--engine vap|kyverno] [--action deny|audit] [-o DIR]

Writes the policies of a platform, one file each. Asks no cluster.

  -f PLATFORM            a file with the platform, which says what is exempt and who may change what teams may have; may be repeated,
                         and tenants in it are passed by. Without it all defaults hold
  --engine vap|kyverno   vap: ValidatingAdmissionPolicies, which the API server itself holds. kyverno: ValidatingPolicies of
                         policies.kyverno.io/v1; with --action audit they only report, beside those of the API server
  --action deny|audit    what is done about a request that is not allowed; deny
  -o DIR                 a directory, which is replaced as a whole; without it everything is printed

Ends with 0 if all is written, and with 2 if the command line or the platform is wrong, or a file cannot be written: then nothing is.
`;

const ENGINES = ['vap', 'kyverno'] as const;
const ACTIONS = ['deny', 'audit'] as const;

/** What `sidekey policy render` was called for. */
export interface PolicyCommand {
  /** None: the defaults hold. */
  readonly platform: readonly string[];
  readonly engine: (typeof ENGINES)[number];
  readonly action: (typeof ACTIONS)[number];
  /** Absent: standard output. */
  readonly directory?: string;
}

const FLAGS = {
  file: { type: 'string', short: 'f', multiple: true },
  engine: { type: 'string', default: 'vap' },
  action: { type: 'string', default: 'deny' },
  output: { type: 'string', short: 'o' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Reads the words behind `policy`. */
export function parsePolicy([verb, ...args]: readonly string[]): Parsed<PolicyCommand | 'help'> {
  if (verb === '--help' || verb === '-h' || verb === 'help') return parsed('help');
  if (verb !== 'render') return rejected([{ key: verb ?? 'policy', message: 'must be render' }]);
  const read = readArguments(args, FLAGS);
  if (!read.ok) return read;
  const { values, positionals } = read.value;
  return values.help ? parsed('help') : policyCommand(values, positionals);
}

type Values = Readonly<
  Partial<Record<'output', string>> & Record<'engine' | 'action', string> & { file?: string[] | undefined }
>;

function policyCommand(
  { file: platform = [], ...values }: Values,
  extra: readonly string[],
): Parsed<PolicyCommand> {
  const engine = chosen('--engine', values.engine, ENGINES);
  const action = chosen('--action', values.action, ACTIONS);
  const problems = [
    ...extra.map((one) => ({ key: one, message: 'is one argument too many; name a file with -f' })),
    ...(platform.length === 0 ? [] : filesProblems('-f', platform)),
    ...(values.output === '' ? [{ key: '-o', message: 'must name a directory' }] : []),
    ...[engine, action].flatMap((one) => (one.ok ? [] : one.problems)),
  ];
  if (!engine.ok || !action.ok || problems.length > 0) return rejected(problems);
  const directory = values.output === undefined ? {} : { directory: values.output };
  return parsed({ platform, engine: engine.value, action: action.value, ...directory });
}
