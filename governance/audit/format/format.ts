import type { Cell, Section } from '../row.ts';

/** Cells by the names of their columns. */
export type Cells = Readonly<Record<string, Cell>>;

/** Writes the report: each gives the text that there is to write by then. */
export interface Format {
  begin(): string;
  row(section: Section, cells: Cells): string;
  end(): string;
}
