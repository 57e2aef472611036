import { visible } from './visible.ts';

/** How long a line gets before it is broken, if nobody looks on whose terminal is narrower. */
export const WIDTH = 100;

/** Breaks a text between words, each line indented; a word that is longer than a line stays whole. */
export function wrapped(text: string, indent: string, width = WIDTH): string {
  const lines: string[] = [];
  let line = indent;
  for (const word of visible(text).split(' ')) {
    if (line !== indent && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent;
    }
    line += line === indent ? word : ` ${word}`;
  }
  return [...lines, line].map((one) => `${one}\n`).join('');
}

/** Each line of a text, indented. */
export const indented = (text: string, indent: string): string => text.replace(/^(?=.)/gmu, indent);

/** Two columns, the first as wide as its widest. */
export function columns(rows: readonly (readonly [string, string])[], indent: string): string {
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  return rows
    .map(([left, right]) => `${indent}${visible(left).padEnd(width)}   ${visible(right)}\n`)
    .join('');
}

/** The widest that a first column is, before the second begins on a line of its own. */
const WIDEST_LEFT = 44;

/** Two columns, the second broken between words. */
export function table(rows: readonly (readonly [string, string])[], indent: string, width: number): string {
  const widest = Math.min(WIDEST_LEFT, Math.floor(width / 2) - indent.length);
  const lefts = rows.map(([left]) => left.length).filter((length) => length <= widest);
  const gap = `${indent}${' '.repeat(Math.max(0, ...lefts) + 3)}`;
  return rows
    .map(([left, right]) => {
      const text = wrapped(right, gap, width);
      const start = `${indent}${visible(left)}`;
      return left.length > widest ? `${start}\n${text}` : start.padEnd(gap.length) + text.slice(gap.length);
    })
    .join('');
}
