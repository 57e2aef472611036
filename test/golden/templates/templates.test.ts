import { describe, expect, test } from 'vitest';
import { TemplateSyntaxError } from '#contract/template/error.ts';
import { TemplateError } from '../../../agent/template/error.ts';
import { refusedCases, render, renderedCases } from './corpus.ts';

describe('a template renders, byte for byte, to what Vault Agent makes of it', () => {
  test.each(renderedCases)('$name', ({ source, expected }) => {
    expect(render(source).toString('latin1')).toBe(expected.toString('latin1'));
  });
});

describe('a template that Vault Agent refuses is refused', () => {
  test.each(refusedCases)('$name', ({ source }) => {
    const error = caught(() => render(source));
    expect(error instanceof TemplateSyntaxError || error instanceof TemplateError).toBe(true);
    expect(String(error)).toMatch(/^Template(?:Syntax)?Error: Cannot (?:parse|render) the template: line \d+, column \d+: \S/u);
  });
});

function caught(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}
