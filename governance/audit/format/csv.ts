import { type Cell, SECTION_NAMES, type Section, SECTIONS } from '../row.ts';
import type { Format } from './format.ts';

/** What a spreadsheet takes for the beginning of a formula; some do so for the wide forms, too. */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/u;

/**
 * For spreadsheets, as RFC 4180 has it: of one section with its own columns, of all with those of all and one more that says which
 * section a row is of.
 */
export function createCsv(only: Section | undefined): Format {
  const columns: readonly string[] =
    only === undefined
      ? ['section', ...new Set(SECTION_NAMES.flatMap((name) => SECTIONS[name].columns))]
      : SECTIONS[only].columns;
  return {
    begin: () => line(columns),
    row: (section, cells) => line(columns.map((column) => (column === 'section' ? section : cells[column]))),
    end: () => '',
  };
}

const line = (cells: readonly Cell[]): string => `${cells.map(field).join(',')}\r\n`;

/** Text that a client chose must not be computed by whoever opens the file. */
function field(cell: Cell): string {
  if (cell === undefined || typeof cell === 'number') return String(cell ?? '');
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
