import { columns, indented } from '../text/layout.ts';
import type { Paint } from '../text/paint.ts';
import { keyRows, sourceText } from './plan-text.ts';
import type { SecretReport, Verdict } from './report.ts';

/** What a Secret asks for, and, if it has to be written in another way, that way. */
export function secretSections(
  secret: SecretReport,
  verdict: Verdict,
  command: string,
  paint: Paint,
): readonly string[] {
  const { annotations, plan, working, misplaced } = secret;
  const rows = annotations.map(({ key, value, meaning }) => [`${key}: ${shown(value)}`, meaning] as const);
  const when = verdict === 'refused' ? 'Once it is taken, it is filled from' : 'Filled from';
  return [
    ...(rows.length === 0 ? [] : [`  ${paint.bold('Annotations')}\n${columns(rows, '    ')}`]),
    ...(plan ? [`  ${paint.bold(when)} ${sourceText(plan)}\n${columns(keyRows(plan), '    ')}`] : []),
    ...(working && verdict === 'refused' ? [workingText(working, command, paint)] : []),
    ...(misplaced ? [`  ${paint.bold(OTHERS)}\n${columns(SPELLINGS, '    ')}`] : []),
  ];
}

const SHOWN_CHARACTERS = 32;

const shown = (value: string): string =>
  JSON.stringify(value.length > SHOWN_CHARACTERS ? `${value.slice(0, SHOWN_CHARACTERS)}…` : value);

function workingText(
  { text, whole }: NonNullable<SecretReport['working']>,
  command: string,
  paint: Paint,
): string {
  const title = whole
    ? 'It takes this:'
    : 'It takes this, once your own values are back, which are not shown here:';
  return `  ${paint.bold(title)}${whole ? ` ${paint.dim(command)}` : ''}\n\n${indented(text, '    ')}`;
}

const OTHERS = 'And it takes these two:';

const SPELLINGS = [
  ['no data', 'leave "data" out: the keys come with their values'],
  ['data: {}', 'the same'],
] as const;
