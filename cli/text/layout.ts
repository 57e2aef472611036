const WIDTH = 100;

/** Breaks a text between words, each line indented; a word that is longer than a line stays whole. */
export function wrapped(text: string, indent: string): string {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(' ')) {
    if (line !== indent && line.length + 1 + word.length > WIDTH) {
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
  return rows.map(([left, right]) => `${indent}${left.padEnd(width)}   ${right}\n`).join('');
}
