import { type Parsed, parsed, type Problem, rejected } from '#contract/problem.ts';
import { parseTime } from '../../governance/audit/line.ts';
import { SECTION_NAMES, type Section } from '../../governance/audit/row.ts';
import type { Window } from '../../governance/audit/scope.ts';
import { readArguments } from '../arguments.ts';
import { DURATION_FORM, parseDuration } from '../../injector/annotations/duration.ts';

export const USAGE = `sidekey audit report --store-log FILE --api-log FILE …

Says who received which version of a secret and when, what was refused, who went past the usual way, which policies are in force,
and what the logs leave out. Asks no cluster and no store. Never prints a value, the hash of one, or a message that may quote one.

  --store-log FILE      the audit log of Vault or OpenBao, JSON lines
  --api-log FILE        the audit log of the API server, JSON lines (deploy/kubernetes/audit-policy.yaml says what to log)
  --policy-report FILE  kyverno apply … -p, or kubectl get policyreports,clusterpolicyreports -A -o json
  --policies FILE       kubectl get validatingadmissionpolicies,validatingadmissionpolicybindings -o json
  --objects FILE        kubectl get namespaces,resourcequotas,pods -A -o json: what is in use, and which pods there are
  -f FILE               what tenants may have, as for sidekey tenant

  --since TIME, --until TIME
                        such as 2026-11-25T00:00:00Z; what came before still says who held what when it began
  --silence DURATION    a log that says nothing for longer has a hole; 15m
  -o markdown|jsonl|csv for people, for evidence, for spreadsheets
  --section NAME        this one alone; may be repeated, but not for csv:
                        ${SECTION_NAMES.join(', ')}

Files may be repeated, and one of them may be - for standard input; for those that are no logs, directories stand for the YAML and
JSON in them. Logs that were rotated are put in order. Compressed ones: zcat audit.log.*.gz | sidekey audit report --store-log -

Ends with 0 if the report is whole, and with 2 if the command line is wrong, a file cannot be read, or a log holds no line of its kind.
`;

const OUTPUTS = ['markdown', 'jsonl', 'csv'] as const;

/** What `sidekey audit report` was called for. */
export interface ReportCommand {
  readonly storeLogs: readonly string[];
  readonly apiLogs: readonly string[];
  readonly policyReports: readonly string[];
  readonly policies: readonly string[];
  readonly objects: readonly string[];
  readonly tenants: readonly string[];
  readonly window: Window;
  readonly longestSilenceMs: number;
  readonly output: (typeof OUTPUTS)[number];
  /** Empty: all. */
  readonly sections: readonly Section[];
}

const FLAGS = {
  'store-log': { type: 'string', multiple: true },
  'api-log': { type: 'string', multiple: true },
  'policy-report': { type: 'string', multiple: true },
  policies: { type: 'string', multiple: true },
  objects: { type: 'string', multiple: true },
  file: { type: 'string', short: 'f', multiple: true },
  since: { type: 'string' },
  until: { type: 'string' },
  silence: { type: 'string', default: '15m' },
  output: { type: 'string', short: 'o', default: 'markdown' },
  section: { type: 'string', multiple: true },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

type Values = Extract<
  ReturnType<typeof readArguments<typeof FLAGS>>,
  { readonly ok: true }
>['value']['values'];

/** Reads the words behind `audit`. */
export function parseReport(args: readonly string[]): Parsed<ReportCommand | 'help'> {
  const read = readArguments(args, FLAGS);
  if (!read.ok) return read;
  const { values, positionals } = read.value;
  if (values.help) return parsed('help');
  const [name, ...more] = positionals;
  if (name !== 'report') return rejected([{ key: name ?? 'audit', message: 'must be report' }]);
  return more.length > 0
    ? rejected([{ key: more.join(' '), message: 'is one argument too many; put the flag before each file' }])
    : reportCommand(values);
}

function reportCommand(values: Values): Parsed<ReportCommand> {
  const problems: Problem[] = [];
  const files = filesIn(values);
  const output = OUTPUTS.find((one) => one === values.output);
  const sections = sectionsIn(values, problems);
  const longestSilenceMs = parseDuration(values.silence);
  const window = {
    since: timeIn(values, 'since', problems) ?? Number.NEGATIVE_INFINITY,
    until: timeIn(values, 'until', problems) ?? Number.POSITIVE_INFINITY,
  };
  problems.push(...fileProblems(Object.values(files).flat()));
  if (window.since > window.until)
    problems.push({ key: '--since', message: 'must not be later than --until' });
  if (longestSilenceMs === undefined)
    problems.push({ key: '--silence', message: `must be ${DURATION_FORM}` });
  if (output === undefined) problems.push({ key: '-o', message: `must be one of ${OUTPUTS.join(', ')}` });
  if (output === undefined || longestSilenceMs === undefined || problems.length > 0)
    return rejected(problems);
  return parsed({ ...files, window, longestSilenceMs, output, sections });
}

const filesIn = (values: Values) => ({
  storeLogs: values['store-log'] ?? [],
  apiLogs: values['api-log'] ?? [],
  policyReports: values['policy-report'] ?? [],
  policies: values.policies ?? [],
  objects: values.objects ?? [],
  tenants: values.file ?? [],
});

function fileProblems(files: readonly string[]): readonly Problem[] {
  const [twice] = files.filter((file, index) => files.indexOf(file) !== index);
  if (files.length === 0)
    return [{ key: 'arguments', message: 'must name something to report on, such as --store-log audit.log' }];
  if (twice === '-') return [{ key: '-', message: 'can be named only once: standard input is read once' }];
  return twice === undefined ? [] : [{ key: twice, message: 'is named twice, and would be counted twice' }];
}

function sectionsIn({ section = [], output }: Values, problems: Problem[]): readonly Section[] {
  const sections = section.flatMap((name) => SECTION_NAMES.filter((one) => one === name));
  if (sections.length < section.length)
    problems.push({ key: '--section', message: `must be one of ${SECTION_NAMES.join(', ')}` });
  if (output === 'csv' && section.length > 1)
    problems.push({
      key: '--section',
      message: 'can be named once for csv: each section has columns of its own',
    });
  return sections;
}

function timeIn(values: Values, name: 'since' | 'until', problems: Problem[]): number | undefined {
  const text = values[name];
  const at = text === undefined ? undefined : parseTime(text);
  if (text !== undefined && at === undefined)
    problems.push({ key: `--${name}`, message: 'must be a time such as 2026-11-25T00:00:00Z' });
  return at;
}
