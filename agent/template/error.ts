import { positionAt } from '#contract/template/error.ts';

/** A template that cannot be rendered with the values it got. The message names the place and never holds a value. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  readonly line: number;
  readonly column: number;

  constructor(text: string, offset: number, fact: string) {
    const { line, column } = positionAt(text, offset);
    super(`Cannot render the template: line ${line}, column ${column}: ${fact}`);
    this.line = line;
    this.column = column;
  }
}

/** What went wrong, before it is known where. Speaks of types and positions, never of values. */
export class Fault extends Error {
  override readonly name = 'Fault';
}
