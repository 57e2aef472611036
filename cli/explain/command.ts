import { type Parsed, parsed, type Problem, rejected } from '#contract/problem.ts';
import { chosen, filesProblems, readArguments } from '../arguments.ts';
import type { NamespaceOptions } from './namespace.ts';

export const USAGE = `sidekey explain -f FILE [-f FILE …]

Says what the injector makes of the pods in manifests, of whatever kind, and what the sync makes of the Secrets: whether the API
server takes them, what comes into them and why, and, if something does not work, how to write it. It is the injector's and
the sync's own code, and asks no cluster and no store. Never prints a value of a Secret, and one of a pod's environment only as
part of its manifest (-o yaml).

  -f FILE             YAML or JSON, many documents; a directory: what is below it; - for standard input; may be repeated
  -n NAMESPACE        of objects that name none
  --injector FILE     the manifest of the injector, for what its operator decided; - is standard input, as
                      kubectl get deployment -n sidekey sidekey-injector -o yaml prints it. It may also be among the -f
  --namespace-annotations KEY=VALUE
                      an annotation of the namespace, such as sidekey.dev/infisical=ml/prod/team-a; may be repeated. A
                      Namespace among the manifests says it too: kubectl get namespace ml -o yaml | sidekey explain -f secret.yaml -f -
  -o text|json|yaml|patch
                      json: all of it, for programs; yaml: the manifests with what comes into them, for kubectl apply -f -;
                      patch: what the injector would answer, a JSON Patch (RFC 6902) of each injected pod on a line of its own
  --color[=always|never|auto]
                      auto, if nothing is said: on a terminal, unless NO_COLOR is set

Ends with 0 if everything works, with 1 if something does not (a pod is denied, or asks for an agent and gets none; a Secret is
refused or cannot be filled), with 2 if the command line is wrong or a file cannot be read. Notes change nothing.
`;

const OUTPUTS = ['text', 'json', 'yaml', 'patch'] as const;
const COLOURS = ['always', 'never', 'auto'] as const;

/** What `sidekey explain` was called for. */
export interface ExplainCommand {
  /** `-` is standard input. */
  readonly files: readonly string[];
  readonly namespace: NamespaceOptions;
  /** The manifest of the injector, if it is named. */
  readonly injectors: readonly string[];
  readonly output: (typeof OUTPUTS)[number];
  readonly colour: (typeof COLOURS)[number];
}

const FLAGS = {
  file: { type: 'string', short: 'f', multiple: true },
  namespace: { type: 'string', short: 'n' },
  'namespace-annotations': { type: 'string', multiple: true },
  injector: { type: 'string' },
  output: { type: 'string', short: 'o', default: 'text' },
  color: { type: 'string', default: 'auto' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

type Values = Extract<
  ReturnType<typeof readArguments<typeof FLAGS>>,
  { readonly ok: true }
>['value']['values'];

/** Reads the words behind `explain`. */
export function parseExplain(args: readonly string[]): Parsed<ExplainCommand | 'help'> {
  const read = readArguments(args.map(spelledOut), FLAGS);
  if (!read.ok) return read;
  const { values, positionals } = read.value;
  if (values.help) return parsed('help');
  return positionals.length > 0
    ? rejected([{ key: positionals.join(' '), message: 'is one argument too many; name files with -f' }])
    : explainCommand(values);
}

/** As other commands have it, the flag alone is enough. */
const spelledOut = (word: string): string => (word === '--color' ? '--color=always' : word);

function explainCommand({ file = [], namespace, injector, ...values }: Values): Parsed<ExplainCommand> {
  const problems: Problem[] = [];
  const annotations = readAnnotations(values['namespace-annotations'], problems);
  const output = chosen('-o', values.output, OUTPUTS);
  const colour = chosen('--color', values.color, COLOURS);
  const injectors = injector === undefined ? [] : [injector];
  problems.push(...filesProblems('-f', file, injectors));
  for (const one of [output, colour]) if (!one.ok) problems.push(...one.problems);
  if (!output.ok || !colour.ok || problems.length > 0) return rejected(problems);
  return parsed({
    files: file,
    namespace: { ...(namespace && { namespace }), ...(annotations && { annotations }) },
    injectors,
    output: output.value,
    colour: colour.value,
  });
}

function readAnnotations(
  entries: readonly string[] | undefined,
  problems: Problem[],
): Readonly<Record<string, string>> | undefined {
  if (entries === undefined) return undefined;
  const pairs = entries.map((entry): [string, string] => {
    const [key = '', ...value] = entry.split('=');
    if (key === '' || value.length === 0)
      problems.push({ key: '--namespace-annotations', message: 'must be KEY=VALUE' });
    return [key, value.join('=')];
  });
  return Object.fromEntries(pairs);
}
