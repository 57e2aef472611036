import { SECTIONS } from '../row.ts';
import type { Format } from './format.ts';

/** For evidence: an object on each line, as soon as it is known. What is not known is not there. */
export const JSON_LINES: Format = {
  begin: () => '',
  row(section, cells) {
    const columns: readonly string[] = SECTIONS[section].columns;
    const entries = columns.map((column) => [column, cells[column]] as const);
    return `${JSON.stringify({ section, ...Object.fromEntries(entries) })}\n`;
  },
  end: () => '',
};
