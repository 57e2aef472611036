import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluate, literal } from './expression.ts';

const matches = (text: string, pattern: string): unknown =>
  evaluate(`${literal(text)}.matches(${literal(pattern)})`);

describe('a regular expression', () => {
  test.each([
    ['needs no more than a part of the text', 'xabcx', 'abc', true],
    ['is anchored where it says so', 'xabc', '^abc', false],
    ['ends at the very end, not before a line end', 'abc\n', 'abc$', false],
    ['ends at the very end with \\z', 'abc\n', '\\n\\z', true],
    ['begins at the very beginning with \\A', 'x\nabc', '\\Aabc', false],
    ['has a dot that is any character but a line feed', '\r', '^.$', true],
    ['has a dot that is no line feed', '\n', '^.$', false],
    ['has a dot that is the separator of lines', '\u2028', '^.$', true],
    ['has a dot that is one character, not half of one', '😀', '^.$', true],
    ['has a dot for everything if asked to', '\n', '(?s)^.$', true],
    ['has white space that is ASCII’s alone', '\u00a0', '\\s', false],
    ['has white space without the vertical tab', '\v', '\\s', false],
    ['has black space in brackets', '\u00a0', '^[\\S]$', true],
    ['has black space that is everything else', '\u00a0', '^\\S$', true],
    ['has white space in brackets', 'a\tb', '^[a-z\\s]+$', true],
    ['has digits that are ASCII’s alone', '٣', '\\d', false],
    ['has words that are ASCII’s alone', 'é', '\\w', false],
    ['has boundaries of words', 'a sk-1', '\\bsk-', true],
    ['knows no case if asked to', 'ABC', '(?i)^abc$', true],
    ['knows case otherwise', 'ABC', '^abc$', false],
    ['has lines if asked to', 'a\nb', '(?m)^b$', true],
    ['has no other ends of lines', 'a\rb', '(?m)^b$', false],
    ['has classes with names', 'abc-1', '^[[:alpha:]-]+[[:digit:]]$', true],
    ['has a bracket in brackets', '[', '^[[]$', true],
    ['has a closing bracket in brackets, where it is first', ']', '^[]]$', true],
    ['has a closing bracket outside of any', ']', '^]$', true],
    ['has braces that are no repetition', '{{ x }}', '^{{ x }}$', true],
    ['has repetitions', 'aaa', '^a{2,3}$', true],
    ['has marks with a backslash', '-_"@/:', '^\\-\\_\\"\\@\\/\\:$', true],
    ['has characters by their number', 'aé', '^\\x61\\x{e9}$', true],
    ['has groups that do not count', 'abab', '^(?:ab)+$', true],
    ['has groups with names', 'ab', '^(?P<first>a)b$', true],
    ['takes no more than it has to', 'aab', '^a+?b$', true],
  ])('%s', (_, text, pattern, expected) => {
    expect(matches(text, pattern)).toBe(expected);
  });

  test.each([
    ['(?=a)', 'a look ahead'],
    ['(?!a)', 'a look ahead'],
    ['(?<=a)b', 'a look behind'],
    ['(a)\\1', 'a reference back'],
    ['a(?i)b', 'flags in the middle'],
    ['(?i:a)', 'flags of a group'],
    ['\\pL', 'a class of Unicode'],
    ['\\Qa.b\\E', 'a quotation'],
    ['[z-a]', 'a range that runs backwards'],
    ['[a-\\d]', 'a range to a class'],
    ['a**', 'a repetition of a repetition'],
    ['a{2,1}', 'a repetition that ends before it begins'],
    ['((a{100}){100}){100}', 'a million repetitions'],
    ['[[:greek:]]', 'a class that there is not'],
    ['a{1001}', 'a repetition beyond a thousand'],
    ['[a', 'an open bracket'],
    ['(a', 'an open group'],
    ['*a', 'a repetition of nothing'],
    ['a\\', 'a lonely backslash'],
    ['\\u0061', 'an escape of JavaScript'],
  ])('%s is refused: %s', (pattern) => {
    expect(() => matches('a', pattern)).toThrow(/^Cannot use /u);
  });

  test('finds the first match, or nothing', () => {
    expect(evaluate('"a1b22".find("[0-9]+")')).toBe('1');
    expect(evaluate('"abc".find("[0-9]+")')).toBe('');
  });

  test.each([
    ['a1b22', '[0-9]+', ['1', '22']],
    ['abc', '[0-9]', []],
    ['baaab', 'a*', ['', 'aaa', '']],
    ['', 'a*', ['']],
    ['aXbX', '[^X]*', ['a', 'b', '']],
  ])('finds all matches in %j of %s', (text, pattern, expected) => {
    expect(evaluate(`${literal(text)}.findAll(${literal(pattern)})`)).toEqual(expected);
  });

  // A search that goes back would be busy for an hour.
  test.each([
    ['eyJ'.repeat(100_000), String.raw`eyJ[\w-]+\.eyJ`],
    ['a'.repeat(100_000), '(a+)+$b'],
    [`{{/*${' *'.repeat(50_000)}`, '[{][{]/[*](?:[^*]|[*]+[^*/])*[*]+/'],
  ])('comes to an end with a text that was made to keep it busy', (text, pattern) => {
    expect(matches(text, pattern)).toBe(false);
  });

  test('is the same the second time', () => {
    expect([matches('ab', 'b'), matches('ab', 'b'), matches('ab', 'b')]).toEqual([true, true, true]);
  });

  test('matches any text that it was made of by putting a backslash before every mark', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1 }),
        fc.string({ unit: 'grapheme' }),
        (text, around) => {
          const escaped = text.replaceAll(/[!-/:-@[-`{-~]/gu, String.raw`\$&`);
          expect(matches(`${around}${text}${around}`, escaped)).toBe(true);
          expect(matches(text, `^${escaped}$`)).toBe(true);
        },
      ),
    );
  });
});
