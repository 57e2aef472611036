import { describe, expect, test } from 'vitest';
import { newBudget } from '../../../agent/template/run.ts';
import { evaluateText, rendered, renderedData } from './rendering.ts';
import { stepsOf } from './steps.ts';

const STOPPED = 'the template does too much; it was stopped';

/** A hundredth of what an agent allows: where a template ends is a matter of proportion. */
const BUDGET = 20_000;

/** So much work of our own, at most, is one unit of the budget: what an agent allows is a matter of seconds, whatever is done. */
const STEPS_OF_A_UNIT = 80;

function secretsOf(size: number): Record<string, string> {
  const names = Array.from({ length: size }, (_, index) => `k${index}`);
  return {
    'p/e': JSON.stringify({ secrets: names.map((secretKey) => ({ secretKey, secretValue: '' })) }),
    list: JSON.stringify({ data: { keys: names } }),
    map: JSON.stringify({ data: Object.fromEntries(names.map((name) => [name, ''])) }),
  };
}

test('a template may do a hundred times what these here may, and no more', () => {
  expect(newBudget().left).toBe(BUDGET * 100);
  expect(() => evaluateText('{{ range 900000 }}{{ end }}')).not.toThrow();
  expect(() => evaluateText('{{ range 2000001 }}{{ end }}')).toThrow(STOPPED);
});

describe('a template cannot hang or exhaust the agent', () => {
  test.each([
    ['an endless range', '{{ range 9223372036854775807 }}{{ end }}'],
    ['ranges inside ranges', '{{ range 9999 }}{{ range 9999 }}{{ range 9999 }}{{ end }}{{ end }}{{ end }}'],
    ['text that doubles', '{{ $x := "xxxxxxxx" }}{{ range 99 }}{{ $x = print $x $x }}{{ end }}'],
    [
      'text that is replaced by more',
      '{{ $x := "x" }}{{ range 99 }}{{ $x = replaceAll "x" (print $x $x) $x }}{{ end }}',
    ],
    [
      'thousands of variables, the first of them looked at again and again',
      `${Array.from({ length: 999 }, (_, index) => `{{ $v${index} := 1 }}`).join('')}{{ range 999999 }}{{ $ }}{{ end }}`,
    ],
    ['a margin beyond all bounds', '{{ indent 999999999999 "x" }}'],
    [
      'a list that is joined by more',
      '{{ $l := split "" (printf "%0999d" 1) }}{{ $s := printf "%999s" "x" }}{{ range 999 }}{{ $s = join $s $l }}{{ end }}',
    ],
    [
      'long text looked at again and again',
      '{{ $x := "xxxxxxxx" }}{{ range 19 }}{{ $x = print $x $x }}{{ end }}{{ range 999999 }}{{ $l := len $x }}{{ end }}',
    ],
    [
      'a regular expression that is large, on a long text, again and again',
      '{{ $x := printf "%999s" "" }}{{ range 999 }}{{ $b := regexMatch "( {0,99}){9}x" $x }}{{ end }}',
    ],
    [
      'a large map ranged over again and again',
      '{{ $m := parseJSON (printf "[%s0]" (replaceAll " " "0," (printf "%999s" ""))) }}{{ range 999999 }}{{ if in $m 1.0 }}{{ end }}{{ end }}',
    ],
  ])('%s', (_what, text) => {
    const [steps] = stepsOf(() => {
      expect(() => rendered(text, { budget: BUDGET })).toThrow(STOPPED);
    });
    expect(steps).toBeLessThan(BUDGET * STEPS_OF_A_UNIT);
  });

  test.each([
    'listSecrets "p" "e" "/"',
    'secrets "list"',
    'sprig_keys $map',
    'sprig_values $map',
    'sprig_pick $map "a"',
    'sprig_omit $map "a"',
    'sprig_deepCopy $map',
    'sprig_has $map (sprig_list $map)',
  ])('a large secret looked at again and again: %s', (call) => {
    const secrets = secretsOf(2000);
    const text = `{{ $map := (secret "map").Data }}{{ range loop 200 }}{{ $x := ${call} }}{{ end }}`;
    expect(() => rendered(text, { secrets, budget: BUDGET })).toThrow(STOPPED);
    expect(() => rendered(text, { secrets: secretsOf(1), budget: BUDGET })).not.toThrow();
  });

  test('not a regular expression that would take a backtracking engine for ever', () => {
    expect(rendered('{{ printf "%999s" "" | regexMatch "^(( +)+)+x" }}')).toBe('false');
  });

  test('templates that call each other without end', () => {
    expect(() =>
      rendered(
        '{{ define "a" }}{{ template "b" }}{{ end }}{{ define "b" }}{{ template "a" }}{{ end }}{{ template "a" }}',
      ),
    ).toThrow('template calls are nested more than 100 levels deep');
  });

  test('a width beyond use', () => {
    expect(() => rendered('{{ printf "%999999999d" 1 }}')).toThrow(
      'widths and precisions beyond 1000 are not supported',
    );
  });

  test('the deepest nesting that is parsed is evaluated, even called 100 times over', () => {
    const deep = `${'{{ if 1 }}'.repeat(98)}{{ if lt . 99.0 }}{{ template "a" add 1.0 . }}{{ end }}${'{{ end }}'.repeat(98)}`;
    expect(() => rendered(`{{ define "a" }}${deep}{{ end }}{{ template "a" 1.0 }}`)).not.toThrow(RangeError);
  });

  test('values nested beyond the stack', () => {
    const deep = `${'['.repeat(3_000)}${']'.repeat(3_000)}`;
    expect(() => renderedData('toJSON .Data.d', `{"d":${deep}}`)).not.toThrow(RangeError);
  });
});
