import { type Parsed, parsed, rejected } from '#contract/problem.ts';
import { chosen, filesProblems, readArguments } from '../../arguments.ts';

export const USAGE = `sidekey tenant check -f TENANTS [-f TENANTS …] MANIFEST …

Says what the API server, the injector, the quota and the store would make of manifests, if somebody of a team applied them: all
policies are judged here, and nothing is asked of a cluster or a store. Pods are judged as the injector makes them, workloads
with the pods that they make. Meant for the pipeline of a team's repository.

  MANIFEST          files of YAML or JSON, directories of them, or - for standard input:
                    kubectl kustomize overlays/prod | sidekey tenant check -f tenants -
  -f TENANTS        files or directories with the tenants and the platform; may be repeated
  -n NAMESPACE      of objects that name none; default, as for kubectl, if it is not said
  -o text|json

Ends with 0 if everything is in order, with 1 if something would be refused or would not come up, with 2 if the command line is wrong or a
tenant is.
`;

const OUTPUTS = ['text', 'json'] as const;

/** What `sidekey tenant check` was called for. */
export interface CheckCommand {
  readonly tenants: readonly string[];
  readonly manifests: readonly string[];
  readonly namespace?: string;
  readonly output: (typeof OUTPUTS)[number];
}

const FLAGS = {
  file: { type: 'string', short: 'f', multiple: true },
  namespace: { type: 'string', short: 'n' },
  output: { type: 'string', short: 'o', default: 'text' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Reads the words behind `tenant check`. */
export function parseCheck(args: readonly string[]): Parsed<CheckCommand | 'help'> {
  const read = readArguments(args, FLAGS);
  if (!read.ok) return read;
  const { values, positionals: manifests } = read.value;
  if (values.help) return parsed('help');
  const { file: tenants = [], namespace } = values;
  const output = chosen('-o', values.output, OUTPUTS);
  const problems = [
    ...filesProblems('-f', tenants),
    ...filesProblems('MANIFEST', manifests, tenants),
    ...(output.ok ? [] : output.problems),
  ];
  if (!output.ok || problems.length > 0) return rejected(problems);
  return parsed({ tenants, manifests, output: output.value, ...(namespace && { namespace }) });
}
