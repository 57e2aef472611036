import { type Parsed, parsed, type Problem, rejected } from '#contract/problem.ts';
import { readArguments } from '../arguments.ts';
import type { NamespaceOptions } from './namespace.ts';

export const USAGE = `sidekey explain -f FILE [-f FILE …]

Says what the sync makes of the Secrets in manifests, whether the API server takes them, and, if not, how to write them so that
they work. Asks no cluster and no store. Never prints a value of a Secret.

  -f FILE             YAML or JSON, many documents; - for standard input; may be repeated
  -n NAMESPACE        of objects that name none
  --namespace-annotations KEY=VALUE
                      an annotation of the namespace, such as sidekey.dev/infisical=ml/prod/team-a; may be repeated. A
                      Namespace among the manifests says it too: kubectl get namespace ml -o yaml | sidekey explain -f secret.yaml -f -
  -o text|json|yaml   yaml: the manifests as they work, for kubectl apply -f -

Ends with 0 if everything works, with 1 if something does not, with 2 if the command line is wrong or a file cannot be read.
`;

const OUTPUTS = ['text', 'json', 'yaml'] as const;

/** What `sidekey explain` was called for. */
export interface ExplainCommand {
  /** `-` is standard input. */
  readonly files: readonly string[];
  readonly namespace: NamespaceOptions;
  readonly output: (typeof OUTPUTS)[number];
}

const FLAGS = {
  file: { type: 'string', short: 'f', multiple: true },
  namespace: { type: 'string', short: 'n' },
  'namespace-annotations': { type: 'string', multiple: true },
  output: { type: 'string', short: 'o', default: 'text' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

type Values = Extract<
  ReturnType<typeof readArguments<typeof FLAGS>>,
  { readonly ok: true }
>['value']['values'];

/** Reads the words behind `explain`. */
export function parseExplain(args: readonly string[]): Parsed<ExplainCommand | 'help'> {
  const read = readArguments(args, FLAGS);
  if (!read.ok) return read;
  const { values, positionals } = read.value;
  if (values.help) return parsed('help');
  return positionals.length > 0
    ? rejected([{ key: positionals.join(' '), message: 'is one argument too many; name files with -f' }])
    : explainCommand(values);
}

function explainCommand({ file = [], namespace, output, ...values }: Values): Parsed<ExplainCommand> {
  const problems: Problem[] = [];
  const annotations = readAnnotations(values['namespace-annotations'], problems);
  const format = OUTPUTS.find((one) => one === output);
  if (file.length === 0)
    problems.push({ key: '-f', message: 'must name a file, or be - for standard input' });
  if (file.filter((one) => one === '-').length > 1)
    problems.push({ key: '-f', message: 'can be - only once: standard input is read once' });
  if (format === undefined) problems.push({ key: '-o', message: `must be one of ${OUTPUTS.join(', ')}` });
  if (format === undefined || problems.length > 0) return rejected(problems);
  const options = { ...(namespace && { namespace }), ...(annotations && { annotations }) };
  return parsed({ files: file, namespace: options, output: format });
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
