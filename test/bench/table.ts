import { type Budget, judge, type Row } from './budget.ts';

/** Lines of text columns, numbers flush right. */
export function formatTable(rows: readonly Row[], peer = 'bao agent'): string[] {
  const head = ['', peer, 'Sidekey', 'ratio', 'must', 'aim', ''];
  const cells = [head, ...rows.map(cellsOf)];
  const widths = head.map((_, column) => Math.max(...cells.map((line) => (line[column] ?? '').length)));
  return cells.map((line) =>
    line
      .map((cell, column) =>
        column === 0 || column === line.length - 1
          ? cell.padEnd(widths[column] ?? 0)
          : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}

function cellsOf(row: Row): string[] {
  const { what, unit, peer, ours, budget } = row;
  const number = (value: number): string =>
    Number.isNaN(value) ? '–' : `${value.toFixed(value < 10 ? 2 : 0)} ${unit}`;
  return [
    what,
    number(peer),
    number(ours),
    Number.isNaN(peer) ? '' : (ours / peer).toFixed(2),
    ...[budget?.must, budget?.aim].map((value) => bound(value, unit, budget)),
    judge(row),
  ];
}

function bound(value: number | undefined, unit: string, budget: Budget | undefined): string {
  if (value === undefined) return '';
  if (budget?.kind === 'ratio') return `${value.toFixed(2)} ×`;
  if (budget?.kind === 'gain') return `≥ ${value.toFixed(2)} ×`;
  return `${budget?.kind === 'least' ? '≥ ' : ''}${value} ${unit}`;
}
