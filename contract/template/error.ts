/** A place in a template, as editors count: both from 1, columns in characters. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The place of an offset (UTF-16 units) in a text. */
export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  const characters = Array.from(before.slice(lineStart));
  return { line: before.split('\n').length, column: characters.length + 1 };
}

/** A template that cannot be parsed. The message names the place and what was expected there. */
export class TemplateSyntaxError extends SyntaxError {
  override readonly name = 'TemplateSyntaxError';
  readonly line: number;
  readonly column: number;

  constructor(text: string, offset: number, fact: string) {
    const { line, column } = positionAt(text, offset);
    super(`Cannot parse the template: line ${line}, column ${column}: ${fact}`);
    this.line = line;
    this.column = column;
  }
}
