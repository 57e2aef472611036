import { type Cell, SECTION_NAMES, type Section, SECTIONS } from '../row.ts';
import type { Cells, Format } from './format.ts';

/** What a person reads of a section; the other formats have all of it. */
const MOST_ROWS = 50;

interface Part {
  readonly shown: Cells[];
  count: number;
}

/** What the other formats have, and nobody reads. */
const NOT_SHOWN: ReadonlySet<string> = new Set(['mount', 'requestId', 'releaseHash', 'declaredHash']);

export interface MarkdownOptions {
  readonly sections: readonly Section[];
  /** Those of which nothing is known. */
  readonly unknown: ReadonlySet<Section>;
  /** What the report is about, a line each. */
  readonly head: readonly string[];
}

/** For people: every section with its first rows. */
export function createMarkdown({ sections, unknown, head }: MarkdownOptions): Format {
  const parts = new Map(SECTION_NAMES.map((name): [Section, Part] => [name, { shown: [], count: 0 }]));
  const partOf = (name: Section): Part => parts.get(name) ?? { shown: [], count: 0 };
  return {
    begin: () => '',
    row(section, cells) {
      const part = partOf(section);
      part.count += 1;
      if (part.shown.length < MOST_ROWS) part.shown.push(cells);
      return '';
    },
    end: () =>
      [
        '# Audit report',
        head.map((text) => `- ${escaped(text)}`).join('\n'),
        table(
          ['', 'rows'],
          sections.map((name) => [
            SECTIONS[name].title,
            unknown.has(name) ? 'not known' : partOf(name).count,
          ]),
        ),
        ...sections.map((name) => sectionText(name, partOf(name), unknown.has(name))),
      ].join('\n\n') + '\n',
  };
}

function sectionText(section: Section, { shown, count }: Part, isUnknown: boolean): string {
  const { title, says, columns } = SECTIONS[section];
  const heading = `## ${title}\n\n${says}`;
  if (count === 0) return `${heading}\n\n${isUnknown ? UNKNOWN : 'None.'}`;
  // A column that nobody has anything to say in only makes the table wide.
  const used = columns.filter(
    (column: string) => !NOT_SHOWN.has(column) && shown.some((cells) => cells[column] !== undefined),
  );
  const rows = shown.map((cells) => used.map((column: string) => cells[column]));
  const rest =
    count > shown.length
      ? `\n\nThese are ${shown.length} of ${count}; \`-o jsonl\` and \`-o csv\` have all.`
      : '';
  return `${heading}\n\n${table(used.map(words), rows)}${rest}`;
}

const UNKNOWN = 'Not known: the report was made without what says it.';

/** `newestVersion` as people write it. */
const words = (column: string): string =>
  column.replaceAll(/[A-Z]/gu, (letter) => ` ${letter.toLowerCase()}`);

const table = (head: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  [head, head.map(() => '---'), ...rows.map((cells) => cells.map(cellText))]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');

const cellText = (cell: Cell): string =>
  typeof cell === 'number' ? String(cell) : escaped((cell ?? '').replace(FRACTION, ''));

/** Of a second; people do not read nanoseconds. */
const FRACTION = /(?<=^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.\d+(?=Z$)/u;

/** Text that a client chose must not become a column, a link, or a tag. */
const escaped = (text: string): string =>
  text
    .replaceAll(/\s+/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\`*_[\]|~]/gu, String.raw`\$&`);
