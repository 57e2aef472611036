import { describe, expect, test } from 'vitest';
import { FUNCTION_FAMILIES } from '#contract/template/functions.ts';
import { parseTemplate } from '#contract/template/parse.ts';
import type { Template } from '#contract/template/tree.ts';
import { TemplateError } from '../../../agent/template/error.ts';
import { evaluate } from '../../../agent/template/evaluate.ts';
import { FUNCTIONS } from '../../../agent/template/functions/table.ts';
import type { Value, ValueMap } from '../../../agent/value/value.ts';
import { evaluateText } from './rendering.ts';
import { stepsOf } from './steps.ts';

/** How much more is taken the second time, and how much more that may cost: a sorting costs a little more than in proportion. */
const TIMES = 8;
const MOST = TIMES * 1.5;

/** How many times the work of one size is that of `TIMES` the size. */
function growth(prepare: (size: number) => () => unknown, size = 40): number {
  const [one = 1, many = 0] = stepsOf(prepare(size), prepare(size * TIMES));
  return many / one;
}

const SECRETS = {
  app: JSON.stringify({
    data: { user: 'u', password: 'p', list: ['a', 'b', 'c'], map: { k: 1, l: [true] } },
  }),
};

const PIECES = [
  'password = {{ .Data.password | toJSON }}\n',
  '{{- /* says nothing */ -}} user: {{ printf "%-8s|%q" .Data.user `raw` }}',
  '{{ range $i, $x := .Data.list }}{{ if $i }}, {{ else if eq $x "b" }}-{{ else }}{{ $x }}{{ end }}{{ end }}',
  '{{ with .Data.map }}{{ range $k, $v := . }}{{ $k }}={{ $v }}{{ end }}{{ else }}none{{ end }}',
  '{{ $x := 1.5 }}{{ $x = add 1 $x }}{{ index .Data.list 1 | toUpper | indent 2 }}',
];

const repeated = (piece: string, count: number): string =>
  Array.from({ length: count }, () => piece).join('');
const numbered = (count: number, piece: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => piece(index)).join('');

/** Templates of any length. */
const SHAPES: Readonly<Record<string, (size: number) => string>> = {
  'actions of many kinds': (size) => `{{ with secret "app" }}${repeated(PIECES.join(''), size)}{{ end }}`,
  'text': (size) => repeated('a line of text, { and } in it\n', size),
  'blanks that are trimmed': (size) => `${' \n'.repeat(size)}{{- "x" -}}${' \n'.repeat(size)}`,
  'comments': (size) => repeated('{{/* a comment */}}', size),
  'variables': (size) => numbered(size, (index) => `{{ $v${index} := ${index} }}{{ $v0 }}{{ $ }}`),
  'variables of one name': (size) => repeated('{{ $v := 1 }}{{ if $v }}{{ $v := 2 }}{{ $v }}{{ end }}', size),
  'definitions, each called': (size) =>
    numbered(size, (index) => `{{ define "t${index}" }}[{{ . }}]{{ end }}{{ template "t${index}" ${index} }}`),
  'definitions of one name, all but the last blank': (size) => `${repeated('{{ define "t" }} {{ end }}', size)}{{ define "t" }}x{{ end }}`,
  'arguments': (size) => `{{ print${repeated(' 1 "a"', size)} }}`,
  'a long pipeline': (size) => `{{ "a"${repeated(' | print', size)} }}`,
  'fields of fields': (size) => `{{ $x := secret "none" }}{{ if $x }}{{ $x${repeated('.Data', size)} }}{{ end }}`,
  'ranges': (size) => `{{ range ${size} }}{{ . }}{{ end }}`,
  'text that is put together': (size) => `{{ $x := "" }}{{ range ${size} }}{{ $x = print $x . "," }}{{ end }}`,
  'put aside by name': (size) => `{{ range ${size} }}{{ scratch.MapSet "m" (print .) . }}{{ end }}{{ scratch.MapValues "m" }}`,
  'one secret, many times': (size) => repeated('{{ with secret "app" }}{{ .Data.user }}{{ end }}', size),
}; // prettier-ignore

describe('a template that is longer costs more in proportion', () => {
  test.each(Object.entries(SHAPES))('to parse: %s', (_what, textOf) => {
    expect(
      growth((size) => {
        const text = textOf(size);
        return () => parseTemplate({ text, left: '{{', right: '}}' });
      }),
    ).toBeLessThan(MOST);
  });

  test.each(Object.entries(SHAPES))('to evaluate: %s', (_what, textOf) => {
    expect(
      growth((size) => {
        const text = textOf(size);
        return () => evaluateText(text, { secrets: SECRETS, budget: Number.POSITIVE_INFINITY });
      }),
    ).toBeLessThan(MOST);
  });
});

/** Values of any size, of the kinds that functions take. */
const LARGE: readonly ((size: number) => Value)[] = [
  (size) => ' ,"\\$/a\n'.repeat(size / 8),
  (size) => words(size),
  (size) => new Map(words(size).map((word) => [word, word])),
  (size) => JSON.stringify(words(size)),
];

const words = (size: number): readonly string[] => Array.from({ length: size }, (_, index) => `w${index}`);

/** The large value in each place, with small ones in the others. */
function calls(name: string): readonly string[] {
  const { parameters = [], rest } = FUNCTIONS.get(name) ?? {};
  const places = Array.from(
    { length: Math.min(parameters.length + (rest === undefined ? 0 : 1), 4) },
    (_, at) => at,
  );
  return places.flatMap((at) =>
    ['"a"', '2'].map((other) => [name, ...places.map((place) => (place === at ? '$x' : other))].join(' ')),
  );
}

/** Of the calls, most are refused: what counts is that none of them, given or refused, costs more than in proportion. */
function tryCall(template: Template, body: ValueMap): void {
  const inputs = { has: () => true, secret: () => body, env: () => undefined, now: () => new Date(0) };
  try {
    evaluate({ template, functions: FUNCTIONS }, inputs, { left: Number.POSITIVE_INFINITY });
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
  }
}

/** They read a store or a file, not a value. */
const APART: ReadonlySet<string> = new Set([
  ...FUNCTION_FAMILIES.infisical,
  ...FUNCTION_FAMILIES.file,
  ...FUNCTION_FAMILIES.secret,
]);

/** Each once: many have more names than one. */
const DISTINCT = new Map([...FUNCTIONS].map(([name, fn]) => [fn, name]));

test.each([...DISTINCT.values()].filter((name) => !APART.has(name)))(
  '%s costs in proportion to what it is given',
  (name) => {
    const templates = calls(name).map((call) =>
      parseTemplate({ text: `{{ $x := (secret "s").Data.x }}{{ $y := ${call} }}`, left: '{{', right: '}}' }),
    );
    expect(
      growth((size) => {
        const bodies = LARGE.map((make) => new Map([['data', new Map([['x', make(size)]])]]));
        return () => templates.forEach((template) => bodies.forEach((body) => tryCall(template, body)));
      }, 32),
    ).toBeLessThan(MOST);
  },
);
