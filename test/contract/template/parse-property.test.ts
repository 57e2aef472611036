import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TemplateSyntaxError } from '#contract/template/error.ts';
import { parseTemplate } from '#contract/template/parse.ts';

/** Pieces of templates, so that random texts get past the lexer. */
const PIECES = [
  '{{', '}}', '{{- ', ' -}}', '{{end}}', '{{else}}', '{{if 1}}', '{{range 2}}', '{{with .}}', '{{else if 0}}',
  '{{break}}', '{{define "a"}}', '{{template "a"}}', '{{block "b" 1}}', '{{/*', '*/}}', '$', '$x', ' := ', ' = ',
  ', ', '.', '.a', '"s"', '`r`', "'c'", '1', '1.5', '0x', '-', '(', ')', '|', ' ', '\n', 'print', 'nil', 'true',
  'nope', '"', '\\', '`', "'", 'é', '\u{1f600}', '\ud800',
]; // prettier-ignore

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc
    .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 3 })), { maxLength: 30 })
    .map((parts) => parts.join('')),
);

const delimiter = fc.oneof(
  fc.constantFrom('', '{{', '}}', '<%', '%>', '-', '|', '"', ' '),
  fc.string({ maxLength: 3 }),
);

/** The place where parsing stopped; anything thrown but a TemplateSyntaxError fails the test. */
function stop(text: string, left: string, right: string): { line: number; column: number } | undefined {
  try {
    parseTemplate({ text, left, right });
    return undefined;
  } catch (error) {
    if (error instanceof TemplateSyntaxError) return error;
    throw error;
  }
}

test('any text either is parsed or is refused with a place inside it', () => {
  fc.assert(
    fc.property(anyText, delimiter, delimiter, (source, left, right) => {
      const lines = source.toWellFormed().split('\n');
      const { line, column } = stop(source, left, right) ?? { line: 1, column: 1 };
      expect(line).toBeLessThanOrEqual(lines.length);
      expect(column).toBeLessThanOrEqual(Array.from(lines[line - 1] ?? '').length + 1);
    }),
    { numRuns: 5_000 },
  );
});

test('text without the left delimiter is itself', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', minLength: 1 }).filter((source) => !source.includes('{{')),
      (source) => {
        const { trees } = parseTemplate({ text: source, left: '{{', right: '}}' });
        expect(trees.get('')).toEqual([{ kind: 'text', offset: 0, text: source }]);
      },
    ),
  );
});
