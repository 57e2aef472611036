import { describePlace } from '../../governance/place.ts';
import type { Finding } from './finding.ts';
import { wrapped } from '../text/layout.ts';
import { BINDING_HINT } from './namespace.ts';
import type { Colour, Paint } from '../text/paint.ts';
import { visible } from '../text/visible.ts';
import type { PodReport } from './pod/report.ts';
import { podSections } from './pod/text.ts';
import type { ObjectReport, Report, Verdict } from './report.ts';
import { secretSections } from './secret-text.ts';
import { summary } from './summary.ts';

/** The report for a person. `command` is what prints the working manifests alone. */
export function reportText(report: Report, command: string, paint: Paint): string {
  const { findings, objects } = report;
  const blocks = objects.map((one) => objectText(one, command, paint));
  const all =
    findings.length === 0 ? blocks : [findings.map((one) => findingText(one, paint)).join(''), ...blocks];
  const isKnown = objects.every(({ secret }) => secret?.bindingKnown ?? true);
  const shown = objects.filter(({ pods = [] }) => pods.some(({ standing }) => standing !== undefined));
  const hints = [
    ...(isKnown ? [] : [BOUND]),
    ...(report.injectorKnown || shown.length === 0 ? [] : [OPERATED]),
    ...(shown.every(({ namespaceKnown }) => namespaceKnown) ? [] : [SURROUNDED]),
  ];
  return [...all, ...hints.map((text) => hint(text, paint)), summary(report, isKnown, paint)].join('\n');
}

const BOUND = `what a namespace is bound to. To have it looked at, ${BINDING_HINT}`;

const OPERATED =
  "what the injector's operator decided: the addresses of the stores and which others are allowed, authorities, the agent's image. To have it looked at, give the injector's manifest as --injector";

const SURROUNDED =
  'what the namespace says of its pods: roles and addresses for those that name none, and limits. To have it looked at, give the Namespace (and its LimitRanges) as another -f, or --namespace-annotations';

const hint = (text: string, paint: Paint): string =>
  wrapped(`${UNKNOWN} ${text}`, '', paint.width).replace(UNKNOWN, paint.yellow);

const UNKNOWN = 'Not known here:';

interface Headline {
  readonly mark: string;
  readonly colour: Colour;
  says(object: ObjectReport): string;
}

const WORKS = 'the API server takes it, and the sync fills it';
const DEPENDS = 'the API server takes it, and the sync fills it from what its namespace is bound to';

const HEADLINES: Readonly<Record<Verdict, Headline>> = {
  works: { mark: '✓', colour: 'green', says: ({ secret }) => (secret?.bindingKnown ? WORKS : DEPENDS) },
  injected: { mark: '✓', colour: 'green', says: injectedText },
  refused: { mark: '✗', colour: 'red', says: () => 'the API server refuses it' },
  denied: {
    mark: '✗',
    colour: 'red',
    says: (object) =>
      isPod(object) ? 'the injector has it refused' : 'it is taken, but the injector has its pods refused',
  },
  unsynced: {
    mark: '✗',
    colour: 'red',
    says: () => 'the API server takes it, but the sync cannot do what it asks for',
  },
  uninjected: { mark: '✗', colour: 'red', says: () => 'it asks for an agent, and gets none' },
  unasked: {
    mark: '·',
    colour: 'dim',
    says: ({ pods }) => (pods === undefined ? 'does not ask to be synced' : 'does not ask for an agent'),
  },
  binding: { mark: '·', colour: 'dim', says: ({ binding = '' }) => `its Secrets may be made of ${binding}` },
  unseen: { mark: '?', colour: 'yellow', says: () => 'it asks for an agent, in pods that are not in it' },
  unexplained: { mark: '·', colour: 'dim', says: () => 'neither a Secret nor anything with pods' },
};

const isPod = ({ pods = [] }: ObjectReport): boolean => pods.every(({ title }) => title === '');

function injectedText(object: ObjectReport): string {
  const { pods = [] } = object;
  if (isPod(object)) return 'it gets an agent';
  const injected = pods.filter(({ outcome }) => outcome === 'injected').length;
  if (injected === pods.length) return 'its pods get an agent';
  return `of its ${pods.length} kinds of pods, ${injected === 1 ? 'one gets' : `${injected} get`} an agent`;
}

function objectText(object: ObjectReport, command: string, paint: Paint): string {
  const { place, kind, name, namespace, verdict, findings, secret, pods = [] } = object;
  const { mark, colour, says } = HEADLINES[verdict];
  const isFine = findings.every(({ effect }) => effect === 'note');
  const what = visible([kind || 'An object without a kind', name].filter((word) => word !== '').join(' '));
  const where = namespace === undefined ? '' : ` in ${visible(namespace)}`;
  const title = `${isFine ? paint[colour](mark) : paint.red('✗')} ${paint.bold(what)}${where} ${paint.dim(`(${describePlace(place)})`)}: ${says(object)}\n`;
  const found = findings.map((one) => findingText(one, paint));
  const sections = secret === undefined ? [] : secretSections(secret, verdict, command, paint);
  const asking = pods.filter(({ outcome }) => outcome !== 'unasked');
  const parts = [...found, ...sections, ...asking.flatMap((pod) => podText(pod, pods.length > 1, paint))];
  return [title, ...parts].join(parts.length === 0 ? '' : '\n');
}

const OUTCOMES: Readonly<Record<PodReport['outcome'], string>> = {
  injected: 'gets an agent',
  denied: 'is refused',
  uninjected: 'gets no agent',
  unasked: 'does not ask for an agent',
};

function podText(pod: PodReport, isOneOfSeveral: boolean, paint: Paint): readonly string[] {
  const heading = `  ${paint.bold(visible(pod.title))}: ${OUTCOMES[pod.outcome]}\n`;
  return [
    ...(isOneOfSeveral ? [heading] : []),
    ...pod.findings.map((one) => findingText(one, paint)),
    ...podSections(pod, paint),
  ];
}

const COLOURS = {
  refused: 'red',
  denied: 'red',
  unsynced: 'red',
  uninjected: 'red',
  note: 'yellow',
} as const;

function findingText({ effect, place, subject, message }: Finding, paint: Paint): string {
  const kind = effect === 'note' ? paint.yellow('note ') : '';
  return `  ${describePlace(place)}  ${kind}${paint[COLOURS[effect]](visible(subject))}\n${wrapped(message, '      ', paint.width)}`;
}
