import { describe, expect, test } from 'vitest';
import { FUNCTION_FAMILIES } from '#contract/template/functions.ts';
import { FUNCTIONS } from '../../../../agent/template/functions/table.ts';
import { coverageOf } from '../../../golden/templates/coverage.ts';
import { rendered } from '../rendering.ts';

/** Those of another store, which Vault Agent does not have. */
const OURS: ReadonlySet<string> = new Set(FUNCTION_FAMILIES.infisical);

/** It takes a function, which no value of a template is. */
const NEVER_RENDERED = ['call'];

const names = [...FUNCTIONS.keys()].filter((name) => !OURS.has(name));
const coverage = coverageOf(names);

function takesAnything(name: string): boolean {
  const { parameters = [], rest } = FUNCTIONS.get(name) ?? {};
  return parameters.length === 0 && rest === 'any';
}

describe('of every function, the real agent and ours are compared in', () => {
  test.each(Object.entries(FUNCTION_FAMILIES))(
    'two templates at least: %s',
    (_family, members: readonly string[]) => {
      const few = names.filter((name) => {
        const { rendered: one = 0, refused: other = 0 } = coverage.get(name) ?? {};
        return members.includes(name) && one + other < 2;
      });
      expect(few).toEqual([]);
    },
  );

  test('one call that is rendered', () => {
    const never = names.filter((name) => {
      const { rendered: one = 0, callsRendered = 0 } = coverage.get(name) ?? {};
      return one + callsRendered === 0;
    });
    expect(never).toEqual(NEVER_RENDERED);
  });

  test('one call that is refused, unless it takes anything', () => {
    const never = names.filter((name) => {
      const { refused = 0, callsRefused = 0 } = coverage.get(name) ?? {};
      return refused + callsRefused === 0;
    });
    expect(never.filter((name) => !takesAnything(name))).toEqual([]);
  });
});

test('what a template changes of a secret is its own, unlike in Vault Agent, where the next template sees it', () => {
  const secrets = { s: '{"data":{"m":{"a":1}}}' };
  const change =
    '{{ with secret "s" }}{{ scratch.Set "m" .Data.m }}{{ scratch.MapSet "m" "b" 2 }}{{ .Data.m }}{{ end }}';
  expect(rendered(change, { secrets })).toBe('map[a:1 b:2]');
  expect(rendered('{{ with secret "s" }}{{ .Data.m }}{{ end }}', { secrets })).toBe('map[a:1]');
});
