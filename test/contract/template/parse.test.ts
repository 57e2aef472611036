import { describe, expect, test } from 'vitest';
import { TemplateSyntaxError } from '#contract/template/error.ts';
import { FUNCTION_FAMILIES } from '#contract/template/functions.ts';
import { parseTemplate } from '#contract/template/parse.ts';

const parse = (text: string, left = '{{', right = '}}') => parseTemplate({ text, left, right });

function problem(text: string): TemplateSyntaxError {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof TemplateSyntaxError) return error;
    throw error;
  }
  throw new Error(`${text} was parsed`);
}

/** What went wrong, without the place. */
const fact = (text: string): string => problem(text).message.replace(/^.*?column \d+: /u, '');

const place = ({ line, column }: TemplateSyntaxError) => ({ line, column });

describe('the tree', () => {
  test('text and an action are two nodes', () => {
    expect(parse('a {{ .b.c }}').trees.get('')).toEqual([
      { kind: 'text', offset: 0, text: 'a ' },
      {
        kind: 'action',
        offset: 5,
        pipeline: {
          kind: 'pipeline',
          offset: 5,
          variables: [],
          assigns: false,
          commands: [{ offset: 5, operand: { kind: 'field', offset: 5, path: ['b', 'c'] }, args: [] }],
        },
      },
    ]);
  });

  test('trim markers take the space around an action, not a minus sign', () => {
    const texts = (text: string) =>
      parse(text)
        .trees.get('')
        ?.filter(({ kind }) => kind === 'text')
        .map((node) => ('text' in node ? node.text : ''));
    expect(texts('a \n{{- 1 -}}\t b')).toEqual(['a', 'b']);
    expect(texts('a {{-1}} b')).toEqual(['a ', ' b']);
    expect(texts('a {{- /* c */ -}} b')).toEqual(['a', 'b']);
  });

  test('definitions and blocks are trees of their own', () => {
    const { trees } = parse('{{ define "a" }}x{{ end }}{{ block "b" . }}y{{ end }}');
    expect([...trees.keys()]).toEqual(['a', 'b', '']);
  });

  test('else if is an if inside the else', () => {
    const [node] = parse('{{ if 1 }}a{{ else if 2 }}b{{ else }}c{{ end }}').trees.get('') ?? [];
    const inner = node?.kind === 'if' ? node.otherwise?.[0] : undefined;
    expect(inner).toMatchObject({ kind: 'if', otherwise: [{ kind: 'text', text: 'c' }] });
  });

  test('empty delimiters stand for the usual ones, others replace them', () => {
    expect(parse('{{ 1 }}', '', '').trees.get('')).toHaveLength(1);
    expect(parse('<% 1 %>{{ 2 }}', '<%', '%>').trees.get('')).toHaveLength(2);
  });

  test('every function of the table may be called', () => {
    for (const name of Object.values(FUNCTION_FAMILIES).flat())
      expect(() => parse(`{{ ${name} }}`)).not.toThrow();
  });
});

describe('a template that cannot be parsed', () => {
  test('is refused with line and column, in characters', () => {
    expect(place(problem('a\n  😀 {{ nope }}'))).toEqual({ line: 2, column: 8 });
    expect(place(problem('{{ if true }}\n\n'))).toEqual({ line: 3, column: 1 });
    expect(place(problem('a {{ 1 '))).toEqual({ line: 1, column: 3 });
  });

  test.each([
    ['{{ if }}', 'missing value for if'],
    ['{{ if 1 }}x', 'unexpected end of the template; expected {{end}}'],
    ['{{ end }}', 'unexpected {{end}}; nothing is open here'],
    ['{{ template x }}', 'unexpected "x"; expected a quoted string'],
    ['{{ define "x" . }}', 'unexpected "."; expected the end of {{define}}'],
    ['{{ print "a }}', 'unterminated quoted string; expected a closing " on the same line'],
    ['{{ $x }}', 'undefined variable "$x"'],
    ['{{ $x: }}', 'expected := after the variable'],
    ['{{ $a, $b := 1 }}', 'too many variables in action'],
    ['{{ range $a, 1 }}{{ end }}', 'unexpected "1"; expected a second variable'],
    ['{{ (1 }}', 'expected ) before the end of the action'],
    ['{{ 1.2.3 }}', 'unexpected ".3"; expected a value, | or the end of the action'],
    ['{{ 1i }}', 'complex numbers are not supported'],
    ["{{ 'ab' }}", "malformed character constant 'ab'"],
    ['{{ "\\ud800" }}', 'invalid escape in the string'],
    ['{{ .a! }}', 'bad character "!"; expected a space or the closing delimiter'],
    ['{{ 18446744073709551615 }}', 'integer overflow: 18446744073709551615'],
  ])('%s says: %s', (text, expected) => {
    expect(fact(text)).toBe(expected);
  });

  test('an unknown function is refused by name', () => {
    expect(fact('{{ nope 1 }}')).toBe('function "nope" is not defined');
  });

  test.each([
    ['key', 'it reads Consul'],
    ['nomadVar', 'it reads Nomad'],
    ['plugin', 'it runs a program'],
    ['sockaddr', 'use env "POD_IP"'],
    ['spew_dump', 'use toJSONPretty'],
    ['sprig_genCA', 'it gives something else each time'],
    ['sprig_now', 'use timestamp with a layout'],
  ])('the function %s, which other agents have, is refused with the reason: %s', (name, reason) => {
    expect(fact(`{{ ${name} }}`)).toMatch(
      new RegExp(`^function "${name}" is not supported: it .*${reason.replace('it ', '')}`, 'u'),
    );
  });

  test.each([
    ['upper', 'sprig_upper'],
    ['toJson', 'sprig_toJson'],
    ['tojson', 'toJSON'],
    ['b64enc', 'sprig_b64enc'],
    ['Secret', 'secret'],
  ])('for %s, %s is said to be meant', (name, meant) => {
    expect(fact(`{{ ${name} }}`)).toBe(`function "${name}" is not defined; expected ${meant}`);
  });

  test('a pattern that is written out is checked where it stands', () => {
    expect(fact('{{ regexMatch "(?=a)" .x }}')).toBe(
      'the regular expression is malformed: a (? is followed by neither flags nor a name',
    );
    expect(fact('{{ "a" | regexReplaceAll "a**" "b" }}')).toBe(
      'the regular expression is malformed: a repetition is repeated',
    );
  });

  test('names that every JavaScript object has are no functions', () => {
    expect(fact('{{ constructor }}')).toBe('function "constructor" is not defined');
    expect(fact('{{ hasOwnProperty }}')).toBe('function "hasOwnProperty" is not defined');
    expect(fact('{{ __proto__ }}')).toBe('function "__proto__" is not defined');
  });

  test('deep nesting is refused, not a crash', () => {
    expect(fact(`{{ ${'('.repeat(10_000)}1${')'.repeat(10_000)} }}`)).toBe(
      'nested more than 100 levels deep',
    );
    expect(fact('{{ if 1 }}'.repeat(10_000))).toBe('nested more than 100 levels deep');
    expect(fact(`{{ if 1 }}${'{{ else if 1 }}'.repeat(10_000)}`)).toBe('nested more than 100 levels deep');
  });
});
