import { describe, expect, test } from 'vitest';
import { parseTemplate } from '#contract/template/parse.ts';
import type { SecretRef } from '../../../../agent/provider/provider.ts';
import { evaluate, type Evaluation } from '../../../../agent/template/evaluate.ts';
import { FUNCTIONS } from '../../../../agent/template/functions/table.ts';
import type { ValueMap } from '../../../../agent/value/value.ts';

const secret = (key: string, value: string): ValueMap =>
  new Map([
    ['secretKey', key],
    ['secretValue', value],
    ['secretPath', '/backend'],
    ['secretComment', 'why'],
  ]);

const ANSWER: ValueMap = new Map([['secrets', [secret('A', '1'), secret('B', '2')]]]);

function run(text: string, answer?: ValueMap, configured = true): Evaluation {
  const inputs = {
    has: () => configured,
    secret: () => answer,
    env: () => undefined,
    now: () => new Date(0),
  };
  return evaluate(
    { template: parseTemplate({ text, left: '{{', right: '}}' }), functions: FUNCTIONS },
    inputs,
  );
}

function textOf(text: string): string {
  const evaluation = run(text, ANSWER);
  if (!evaluation.ok) throw new Error('Something is missing');
  return evaluation.text.reveal();
}

function missing(text: string): readonly SecretRef[] {
  const evaluation = run(text);
  return evaluation.ok ? [] : evaluation.missing;
}

describe('the functions of Infisical’s agent', () => {
  test('list the secrets of a folder', () => {
    const body = '{{ range . }}{{ .Key }}={{ .Value }} {{ .SecretPath }} {{ .Comment }};{{ end }}';
    expect(textOf(`{{ with listSecrets "id" "dev" "/backend" }}${body}{{ end }}`)).toBe(
      'A=1 /backend why;B=2 /backend why;',
    );
    expect(textOf('{{ range listSecretsByProjectSlug "app" "dev" "/" }}{{ .Key }}{{ end }}')).toBe('AB');
  });

  test('give one secret', () => {
    expect(textOf('{{ (getSecretByName "id" "dev" "/" "A").Value }}')).toBe('1');
    expect(textOf('{{ with getSecretByName "id" "dev" "/" "A" }}{{ .Key }}{{ end }}')).toBe('A');
  });

  test('ask for a place, however its slashes are written', () => {
    const ref = { store: 'infisical', operation: 'list', path: 'app/dev/a/b', parameters: {} };
    for (const path of ['/a/b', 'a/b/', '/a//b'])
      expect(missing(`{{ listSecretsByProjectSlug "app" "dev" "${path}" }}`)).toEqual([ref]);
    expect(missing('{{ listSecrets "app" "dev" "/" }}')).toEqual([{ ...ref, path: 'app/dev' }]);
    expect(missing('{{ getSecretByName "app" "dev" "/a/b" "K" }}')).toEqual([
      { ...ref, operation: 'read', parameters: { name: 'K' } },
    ]);
  });

  test('pass options on', () => {
    const options = '`{"recursive": true, "expandSecretReferences": false}`';
    expect(missing(`{{ range listSecrets "id" "dev" "/" ${options} }}{{ end }}`)[0]?.parameters).toEqual({
      recursive: 'true',
      expandSecretReferences: 'false',
    });
  });

  test('take options as Infisical’s agent does: in any case, and null for none', () => {
    const options = '`{"Recursive": true, "expandsecretreferences": null}`';
    expect(missing(`{{ range listSecrets "id" "dev" "/" ${options} }}{{ end }}`)[0]?.parameters).toEqual({
      recursive: 'true',
    });
  });

  test('give the credentials of a lease, by their names or one after another', () => {
    const lease: ValueMap = new Map([
      [
        'data',
        new Map([
          ['DB_PASSWORD', 'p'],
          ['DB_USERNAME', 'u'],
        ]),
      ],
    ]);
    const written = (text: string): string => {
      const evaluation = run(text, lease);
      return evaluation.ok ? evaluation.text.reveal() : 'missing';
    };
    for (const name of ['dynamicSecret', 'dynamic_secret']) {
      const call = `${name} "app" "dev" "/db" "pg" "1h"`;
      expect(written(`{{ with ${call} }}{{ .DB_USERNAME }}:{{ .DB_PASSWORD }}{{ end }}`)).toBe('u:p');
      expect(written(`{{ range $key, $value := ${call} }}{{ $key }}={{ $value }};{{ end }}`)).toBe(
        'DB_PASSWORD=p;DB_USERNAME=u;',
      );
      expect(written(`{{ (${call}).NONE }}`)).toBe('<no value>');
    }
  });

  test('ask for a lease, with what it is to be', () => {
    const ref = { store: 'infisical', operation: 'write', path: 'app/dev/db' };
    const asked = (terms: string): unknown =>
      missing(`{{ (dynamicSecret "app" "dev" "/db" ${terms}).USER }}`)[0];
    expect(asked('"pg"')).toEqual({ ...ref, parameters: { dynamicSecret: 'pg' } });
    expect(asked('"pg" "2h"')).toEqual({ ...ref, parameters: { dynamicSecret: 'pg', ttl: '2h' } });
    expect(asked('"ssh" "" "root,ops"')).toEqual({
      ...ref,
      parameters: { dynamicSecret: 'ssh', principals: 'root,ops' },
    });
  });

  test.each([
    ['{{ listSecrets "id" "dev" "/" "no" }}', 'the options are not JSON'],
    ['{{ listSecrets "id" "dev" "/" "[]" }}', 'the options are not a JSON object'],
    [
      '{{ listSecrets "id" "dev" "/" `{"recursiv": true}` }}',
      'there is no option "recursiv"; expected recursive or expandSecretReferences',
    ],
    ['{{ listSecrets "id" "dev" "/" `{"recursive": 1}` }}', 'must be true or false'],
    ['{{ listSecrets "id" "dev" "/" "{}" "{}" }}', 'wrong number of arguments: 5'],
    ['{{ listSecrets "" "dev" "/" }}', 'the project is empty'],
    ['{{ listSecrets "a/b" "dev" "/" }}', 'holds a slash'],
    ['{{ listSecrets ".." "dev" "/" }}', 'a part "." or ".."'],
    ['{{ listSecrets "id" "." "/" }}', 'a part "." or ".."'],
    ['{{ listSecrets "id" "dev" "/a/../../b" }}', 'a part "." or ".."'],
    ['{{ getSecretByName "id" "dev" "/" "" }}', 'the name is empty'],
    ['{{ dynamicSecret "app" "dev" "/" "" }}', 'the name is empty'],
    ['{{ dynamicSecret "app" "dev" "/.." "pg" }}', 'a part "." or ".."'],
    ['{{ dynamicSecret "app" "dev" "/" "pg" "1h" "a" "b" }}', 'wrong number of arguments: 7'],
  ])('refuse %s', (text, fact) => {
    expect(() => run(text)).toThrow(fact);
  });

  test('say so where the agent has no Infisical', () => {
    expect(() => run('{{ listSecrets "id" "dev" "/" }}', ANSWER, false)).toThrow(
      'the agent is not configured to use Infisical',
    );
  });
});
