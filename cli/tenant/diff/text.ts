import type { Json } from '#contract/json.ts';
import { describePath, type Difference } from '../../../governance/diff/difference.ts';
import { type Destination, DESTINATIONS, type Drift, type Outcome } from '../../../governance/diff/drift.ts';
import { wrapped } from '../../text/layout.ts';
import type { Paint } from '../../text/paint.ts';

/** What a store is called where this runs. */
export interface Titles {
  readonly vault: string;
}

/** The report for a person: by where things are, first what differs, then what could not be asked. */
export function diffText(outcome: Outcome, titles: Titles, paint: Paint): string {
  const names: Readonly<Record<Destination, string>> = {
    kubernetes: 'Kubernetes',
    vault: titles.vault,
    infisical: 'Infisical',
  };
  const parts = DESTINATIONS.flatMap((destination) => {
    const drifts = outcome.drifts.filter((one) => one.destination === destination);
    const unanswered = outcome.unanswered.filter((one) => one.destination === destination);
    if (drifts.length + unanswered.length === 0) return [];
    return [
      `${paint.bold(names[destination])}\n`,
      ...drifts.map((one) => driftText(one, paint)),
      ...unanswered.map(
        ({ message }) => `  ${paint.yellow('? not compared')}\n${wrapped(message, '      ')}`,
      ),
    ];
  });
  return [...parts, summary(outcome, paint)].join('\n');
}

const HEADS: Readonly<Record<Drift['kind'], { readonly mark: string; readonly says: string }>> = {
  missing: { mark: '-', says: 'is not there' },
  extra: { mark: '+', says: 'is declared by nobody' },
  different: { mark: '~', says: 'is not as declared' },
};

const COLOURS = { '-': 'red', '+': 'yellow', '~': 'yellow' } as const;

function driftText({ subject, kind, reason, differences }: Drift, paint: Paint): string {
  const { mark, says } = HEADS[kind];
  const title = `  ${paint[kind === 'missing' ? 'red' : 'yellow'](mark)} ${paint.bold(subject)} ${says}\n`;
  const why = reason === undefined ? '' : wrapped(reason, '      ');
  return `${title}${why}${differences.map((one) => differenceText(one, paint)).join('')}`;
}

function differenceText(difference: Difference, paint: Paint): string {
  const field = describePath(difference.path);
  if (difference.kind === 'missing') return line('-', `${field}: ${shown(difference.want)}`, paint);
  if (difference.kind === 'extra') return line('+', `${field}: ${shown(difference.have)}`, paint);
  const [want, have] = shownTogether(difference.want, difference.have);
  return `${line('~', field, paint)}          declared: ${want}\n          found:    ${have}\n`;
}

const line = (mark: keyof typeof COLOURS, text: string, paint: Paint): string =>
  `      ${paint[COLOURS[mark]](mark)} ${text}\n`;

/** Of more than this, only what is around the first letter that differs is shown. */
const LONGEST = 160;
const BEFORE = 40;

function shown(value: Json): string {
  const text = JSON.stringify(value);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}

function shownTogether(want: Json, have: Json): readonly [string, string] {
  const [one, other] = [JSON.stringify(want), JSON.stringify(have)];
  if (one.length <= LONGEST && other.length <= LONGEST) return [one, other];
  let same = 0;
  while (same < one.length && one[same] === other[same]) same += 1;
  const start = Math.max(0, same - BEFORE);
  return [around(one, start), around(other, start)];
}

function around(text: string, start: number): string {
  const end = start + LONGEST;
  return `${start > 0 ? '…' : ''}${text.slice(start, end)}${end < text.length ? '…' : ''}`;
}

function summary({ compared, drifts, unanswered }: Outcome, paint: Paint): string {
  const differing = drifts.length;
  const objects = compared === 1 ? 'One object' : `${compared} objects`;
  const parts = [
    compared === 0 ? 'Nothing was compared' : `${objects} compared`,
    ...(compared > 0 && differing === 0 ? ['all is as declared'] : []),
    ...(differing === 0 ? [] : [`${differing} ${differing === 1 ? 'is' : 'are'} not as declared`]),
    ...(unanswered.length === 0 ? [] : ['not everything could be asked']),
  ];
  return `${paint.bold(`${parts[0] ?? ''}${parts.length > 1 ? `: ${parts.slice(1).join('; ')}` : ''}`)}\n`;
}
