import { table } from '../../text/layout.ts';
import type { Paint } from '../../text/paint.ts';
import { visible } from '../../text/visible.ts';
import { describePath } from '../finding.ts';
import { diff, type DiffLine } from './diff.ts';
import type { AgentPart, InjectedPod, PodAnnotation, PodReport, PodStanding } from './report.ts';
import type { PodSecurity } from './security/standard.ts';

/** What becomes of a pod, for a person; without what is wrong with it. */
export function podSections(report: PodReport, paint: Paint): readonly string[] {
  const { annotations, injected, standing, accelerators = [], pod } = report;
  return [
    ...families(annotations).map(
      ([prefix, rows]) =>
        `  ${paint.bold('Annotations')} ${paint.dim(visible(prefix))}\n${table(rows, '    ', paint.width)}`,
    ),
    ...(injected ? [`  ${paint.bold('Files')}\n${table(fileRows(injected), '    ', paint.width)}`] : []),
    ...(standing
      ? [
          `  ${paint.bold('The pod')}\n${table([...podRows(standing, injected), ...acceleratorRows(accelerators)], '    ', paint.width)}`,
        ]
      : []),
    ...(injected ? [changes(diff(pod, injected.pod), paint)] : []),
  ];
}

type Row = readonly [string, string];

/** The annotations by what comes before the slash. */
function families(annotations: readonly PodAnnotation[]): readonly (readonly [string, readonly Row[]])[] {
  const prefixes = new Set(annotations.map(({ key }) => prefixOf(key)));
  return [...prefixes].map((prefix) => [
    prefix,
    annotations
      .filter(({ key }) => prefixOf(key) === prefix)
      .map(({ key, value, meaning }): Row => [`${key.slice(prefix.length)}: ${shown(value)}`, meaning]),
  ]);
}

const prefixOf = (key: string): string => key.slice(0, key.indexOf('/') + 1);

const SHOWN_CHARACTERS = 40;

/** Templates and bodies are long, and of a header what comes late may be a credential. */
const shown = (value: string): string =>
  JSON.stringify(value.length > SHOWN_CHARACTERS ? `${value.slice(0, SHOWN_CHARACTERS)}…` : value);

function fileRows({ files }: InjectedPod): readonly Row[] {
  return files.map(({ path, sources, isTemplate, format, reload }): Row => {
    const from = sources.length === 0 ? 'nothing that is known before it is rendered' : sources.join(', ');
    const what = isTemplate ? `a template of ${from}` : `${from}, as ${format ?? 'raw'}`;
    return [path, reload === undefined ? what : `${what}; a change is told by ${reload}`];
  });
}

function podRows(before: PodStanding, injected: InjectedPod | undefined): readonly Row[] {
  const after = injected?.standing ?? before;
  return [
    ['QoS class', stays(before.qos, after.qos, injected !== undefined)],
    [
      'Pod Security',
      stays(before.security.standard, after.security.standard, injected !== undefined) +
        reasons(after.security),
    ],
    ...(injected ? agentRows(injected.agent) : []),
  ];
}

const stays = (before: string, after: string, isInjected: boolean): string => {
  if (!isInjected) return before;
  return before === after ? `${after}, with and without the agent` : `${before} → ${after}`;
};

/** What keeps a pod from a stricter standard. */
function reasons({ standard, violations: { baseline, restricted } }: PodSecurity): string {
  const [kept, found] = standard === 'privileged' ? ['baseline', baseline] : ['restricted', restricted];
  const [first, ...others] = found;
  if (first === undefined) return '';
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  return `; not ${kept}: ${describePath(first.path)} ${first.message}${more}`;
}

const acceleratorRows = (all: NonNullable<PodReport['accelerators']>): readonly Row[] =>
  all.length === 0 ? [] : [['Computes on', all.map(({ kind, name }) => `${kind} (${name})`).join(', ')]];

function agentRows({ container, mode, requests, limits, volumes, starts }: AgentPart): readonly Row[] {
  const kind =
    mode === 'run' ? 'a sidecar that stays beside the application' : 'ends before the application starts';
  const mounted = volumes.map(({ name, size }) =>
    size === undefined ? name : `${name} (${size} of memory)`,
  );
  const shownName = (name: string): string => (name === container ? `[${name}]` : name);
  return [
    ['Agent', `${container}, ${kind}`],
    ['Its resources', resources(requests, limits)],
    ...(mounted.length === 0 ? [] : [['Its volumes', mounted.join(', ')] as const]),
    ['Starts as', starts.map((names) => names.map(shownName).join(', ')).join(' ▸ ')],
  ];
}

const listed = (amounts: Readonly<Record<string, string>>): string =>
  Object.entries(amounts)
    .map(([name, amount]) => `${amount} ${name}`)
    .join(', ');

function resources(requests: AgentPart['requests'], limits: AgentPart['limits']): string {
  const parts = [
    ...(Object.keys(requests).length === 0 ? [] : [`requests ${listed(requests)}`]),
    ...(Object.keys(limits).length === 0 ? [] : [`limits ${listed(limits)}`]),
  ];
  return `${parts.length === 0 ? 'none of its own, or the QoS class would change' : parts.join('; ')}; no accelerator`;
}

function changes(lines: readonly DiffLine[], paint: Paint): string {
  const colours = { '+': paint.green, '-': paint.red, ' ': paint.dim } as const;
  const text = lines
    .map(({ mark, text: line }) => `  ${colours[mark](`${mark} ${visible(line)}`)}\n`)
    .join('');
  const title = lines.length === 0 ? 'What changes: nothing, the agent is there already' : 'What changes';
  return `  ${paint.bold(title)}\n${text}`;
}
