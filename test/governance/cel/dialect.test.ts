import { describe, expect, test } from 'vitest';
import { inOurWords } from '../../../governance/cel/dialect.ts';
import { evaluate } from './expression.ts';

describe('calls of what the API server means differently', () => {
  test.each([
    ["a.matches('x')", "a.k8sMatches('x')"],
    ["a.trim().lowerAscii() . split ( ',' )", "a.k8sTrim().k8sLowerAscii() .k8sSplit ( ',' )"],
    ["'.matches(' + a", "'.matches(' + a"],
    [String.raw`'it\'s .trim()' + "\".trim()"`, String.raw`'it\'s .trim()' + "\".trim()"`],
    [String.raw`r'\' + a.trim() + r"\"`, String.raw`r'\' + a.k8sTrim() + r"\"`],
    ['"""a.trim()"b""" + c.trim()', '"""a.trim()"b""" + c.k8sTrim()'],
    ['a.trim // b.trim()', 'a.trim // b.trim()'],
    ['a.matches', 'a.matches'],
    ['a.matchesNot()', 'a.matchesNot()'],
    ["a.find('x').contains('y')", "a.find('x').contains('y')"],
  ])('%s', (expression, expected) => {
    expect(inOurWords(expression)).toBe(expected);
  });

  test.each([
    ['an expression that is none', '1 +'],
    ['a name that there is not', 'objekt.spec'],
    ['a function that there is not', 'cel.bind2(1)'],
    ['a method that there is not', '"a".quote()'],
    ['a comparison of a number with a text', '1 < "a"'],
  ])('%s does not compile', (_, expression) => {
    expect(() => evaluate(expression)).toThrow(/^Cannot compile /u);
  });
});
