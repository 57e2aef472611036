import { describePlace } from '../../governance/place.ts';
import type { Finding } from './finding.ts';
import { wrapped } from '../text/layout.ts';
import { BINDING_HINT } from './namespace.ts';
import type { Paint } from '../text/paint.ts';
import type { ObjectReport, Report, Verdict } from './report.ts';
import { secretSections } from './secret-text.ts';

/** The report for a person. `command` is what prints the working manifests alone. */
export function reportText(report: Report, command: string, paint: Paint): string {
  const { findings, objects } = report;
  const blocks = objects.map((one) => objectText(one, command, paint));
  const all =
    findings.length === 0 ? blocks : [findings.map((one) => findingText(one, paint)).join(''), ...blocks];
  const isKnown = objects.every(({ secret }) => secret?.bindingKnown ?? true);
  return [...all, ...(isKnown ? [] : [hint(paint)]), summary(report, isKnown, paint)].join('\n');
}

const hint = (paint: Paint): string =>
  wrapped(`${UNKNOWN} what a namespace is bound to. To have it looked at, ${BINDING_HINT}`, '').replace(
    UNKNOWN,
    paint.yellow,
  );

const UNKNOWN = 'Not known here:';

interface Headline {
  readonly mark: string;
  readonly colour: keyof Paint;
  says(object: ObjectReport): string;
}

const WORKS = 'the API server takes it, and the sync fills it';
const DEPENDS = 'the API server takes it, and the sync fills it from what its namespace is bound to';

const HEADLINES: Readonly<Record<Verdict, Headline>> = {
  works: { mark: '✓', colour: 'green', says: ({ secret }) => (secret?.bindingKnown ? WORKS : DEPENDS) },
  refused: { mark: '✗', colour: 'red', says: () => 'the API server refuses it' },
  unsynced: {
    mark: '✗',
    colour: 'red',
    says: () => 'the API server takes it, but the sync cannot do what it asks for',
  },
  unasked: { mark: '·', colour: 'dim', says: () => 'does not ask to be synced' },
  binding: { mark: '·', colour: 'dim', says: ({ binding = '' }) => `its Secrets may be made of ${binding}` },
  unexplained: { mark: '·', colour: 'dim', says: () => 'not explained in this release' },
};

function objectText(object: ObjectReport, command: string, paint: Paint): string {
  const { place, kind, name, namespace, verdict, findings, secret } = object;
  const { mark, colour, says } = HEADLINES[verdict];
  const isFine = findings.every(({ effect }) => effect === 'note');
  const what = [kind || 'An object without a kind', name].filter((word) => word !== '').join(' ');
  const where = namespace === undefined ? '' : ` in ${namespace}`;
  const title = `${isFine ? paint[colour](mark) : paint.red('✗')} ${paint.bold(what)}${where} ${paint.dim(`(${describePlace(place)})`)}: ${says(object)}\n`;
  const found = findings.map((one) => findingText(one, paint));
  const sections = secret === undefined ? [] : secretSections(secret, verdict, command, paint);
  return [title, ...found, ...sections].join(found.length + sections.length === 0 ? '' : '\n');
}

const COLOURS = { refused: 'red', unsynced: 'red', note: 'yellow' } as const;

function findingText({ effect, place, subject, message }: Finding, paint: Paint): string {
  const kind = effect === 'note' ? paint.yellow('note ') : '';
  return `  ${describePlace(place)}  ${kind}${paint[COLOURS[effect]](subject)}\n${wrapped(message, '      ')}`;
}

function summary({ objects, findings }: Report, isKnown: boolean, paint: Paint): string {
  const broken = findings.filter(({ effect }) => effect !== 'note').length;
  const asking = objects.filter(({ secret }) => secret !== undefined);
  const working = asking.filter(({ verdict }) => verdict === 'works').length;
  const parts = [
    ...(asking.length === 0
      ? ['Nothing here asks to be synced']
      : [`${counted(asking.length, working)}${isKnown || working === 0 ? '' : ', as far as is known here'}`]),
    ...(broken === 0 ? [] : [`${broken} ${broken === 1 ? 'part' : 'parts'} of the input cannot be read`]),
  ];
  return `${paint.bold(parts.join('; '))}\n`;
}

function counted(asking: number, working: number): string {
  if (asking === 1) return `One Secret asks to be synced, and ${working === 1 ? 'works' : 'does not work'}`;
  const some = working === 0 ? 'none works' : `${working} of them ${working === 1 ? 'works' : 'work'}`;
  return `${asking} Secrets ask to be synced, and ${working === asking ? 'all work' : some}`;
}
