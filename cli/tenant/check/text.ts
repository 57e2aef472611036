import type { Effect } from '../../../governance/check/finding.ts';
import { describePlace } from '../../../governance/place.ts';
import { wrapped } from '../../text/layout.ts';
import type { Colour, Paint } from '../../text/paint.ts';
import type { CheckReport, ObjectReport, Placed } from './report.ts';

/** The report for a person: what is wrong, and at the end how much there was. */
export function checkText(report: CheckReport, paint: Paint): string {
  const { objects, faults } = report;
  const files = faults.length === 0 ? [] : [faults.map((one) => findingText(one, paint)).join('')];
  const found = objects.filter(({ findings }) => findings.length > 0).map((one) => objectText(one, paint));
  return [...files, ...found, ...unknown(report, paint), summary(report, paint)].join('\n');
}

interface Headline {
  readonly mark: string;
  readonly colour: Colour;
  readonly says: string;
}

const HEADLINES: Readonly<Record<Effect, Headline>> = {
  denied: { mark: '✗', colour: 'red', says: 'would be refused' },
  stuck: { mark: '✗', colour: 'red', says: 'would be taken, but would not come up as it should' },
  note: { mark: '✓', colour: 'green', says: 'in order' },
};

function objectText(
  { place, kind, name, namespace, effect = 'note', findings }: ObjectReport,
  paint: Paint,
): string {
  const { mark, colour, says } = HEADLINES[effect];
  const where = namespace === undefined ? '' : ` in ${namespace}`;
  const what = [kind, name].filter((word) => word !== '').join(' ');
  const title = `${paint[colour](mark)} ${paint.bold(what)}${where} ${paint.dim(`(${describePlace(place)})`)}: ${says}\n`;
  return [title, ...findings.map((one) => findingText(one, paint))].join('\n');
}

function findingText({ effect, place, subject, message }: Placed, paint: Paint): string {
  const isNote = effect === 'note';
  const kind = isNote ? paint.yellow('note ') : '';
  const { file, line, column } = place;
  return `  ${file}:${line}:${column}  ${kind}${paint[isNote ? 'yellow' : 'red'](subject)}\n${wrapped(message, '      ')}`;
}

/** What was judged without being known. */
function unknown({ undeclared, homeless }: CheckReport, paint: Paint): readonly string[] {
  const namespaces = [...undeclared].map(
    ([name, count]) =>
      `the namespace ${name} (${objects(count)}): no tenant declares it, so it was judged as one that may have no accelerator and no secret.`,
  );
  const where = `where ${objects(homeless)} would be: no namespace is named, so default was taken, as by kubectl; say it with -n.`;
  return [...(homeless === 0 ? [] : [where]), ...namespaces].map((text) =>
    // Colours are no letters, and would be counted as such.
    wrapped(`${UNKNOWN} ${text}`, '').replace(UNKNOWN, paint.yellow),
  );
}

const UNKNOWN = 'Not known here:';

const objects = (count: number): string => (count === 1 ? 'one object' : `${count} objects`);

function summary({ objects: all, faults }: CheckReport, paint: Paint): string {
  const judged = all.filter(({ isJudged }) => isJudged);
  const count = (effect: Effect): number => judged.filter((one) => one.effect === effect).length;
  const broken = faults.filter(({ effect }) => effect !== 'note').length;
  const parts = [
    outcome(judged.length, count('denied'), count('stuck')),
    ...(all.length === judged.length
      ? []
      : [`${objects(all.length - judged.length)} of other kinds, which no policy is about`]),
    ...(broken === 0 ? [] : [`${broken} ${broken === 1 ? 'part' : 'parts'} of the input cannot be read`]),
  ];
  return `${paint.bold(parts.join('; '))}\n`;
}

function outcome(judged: number, denied: number, stuck: number): string {
  if (judged === 0) return 'Nothing here is judged';
  const some = judged === 1 ? 'One object judged' : `${judged} objects judged`;
  if (denied + stuck === 0) return `${some}: ${judged === 1 ? '' : 'all '}in order`;
  const refused = denied === 0 ? [] : [`${denied} would be refused`];
  const hanging = stuck === 0 ? [] : [`${stuck} would not come up as ${stuck === 1 ? 'it' : 'they'} should`];
  return `${some}: ${[...refused, ...hanging].join(', ')}`;
}
