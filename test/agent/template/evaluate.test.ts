import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { TemplateError } from '../../../agent/template/error.ts';
import type { SecretRef } from '../../../agent/provider/provider.ts';
import { evaluateText, rendered, renderedData } from './rendering.ts';

const read = (path: string): SecretRef => ({ store: 'vault', operation: 'read', path, parameters: {} });

describe('a secret that has not been read', () => {
  test('is missing, and the template has no text yet', () => {
    expect(evaluateText('x{{ with secret "a" }}{{ .Data.k }}{{ end }}')).toEqual({
      ok: false,
      missing: [read('a')],
      used: [read('a')],
    });
  });

  test('is asked for together with all others that can be known', () => {
    const text = '{{ secret "a" }}{{ with secret "b" }}{{ secret "inside" }}{{ end }}{{ secret "a" }}';
    expect(evaluateText(text)).toMatchObject({ missing: [read('a'), read('b')] });
  });

  test('may come to light when others are there', () => {
    const text = '{{ with secret "a" }}{{ (secret .Data.next).Data.k }}{{ end }}';
    const secrets = { a: '{"data":{"next":"kv/b"}}' };
    expect(evaluateText(text, { secrets })).toMatchObject({ ok: false, missing: [read('kv/b')] });
    const both = { ...secrets, 'kv/b': '{"data":{"k":"v"}}' };
    expect(evaluateText(text, { secrets: both })).toMatchObject({
      ok: true,
      used: [read('a'), read('kv/b')],
    });
    expect(rendered(text, { secrets: both })).toBe('v');
  });

  test('is nothing, and a template that cannot bear that is told to use with', () => {
    expect(() => evaluateText('{{ index (secret "a").Data "k" }}')).toThrow(
      'Cannot render the template: line 1, column 4: index: nil has no items; a secret has not been read yet at that ' +
        'point: put what uses it inside {{ with secret … }}',
    );
  });
});

describe('a reference', () => {
  const only = (text: string) => evaluateText(text).used[0];

  test('has its path without spaces and slashes around it, its query kept', () => {
    expect(only('{{ secret " /secret/data/app?version=3/ " }}')).toEqual(read('secret/data/app?version=3'));
  });

  test('with pairs is a write', () => {
    expect(only('{{ secret "pki/issue/r" " common_name = a=b " "ttl=1h" "" }}')).toEqual({
      ...read('pki/issue/r'),
      operation: 'write',
      parameters: { common_name: 'a=b', ttl: '1h' },
    });
    expect(only('{{ secret "auth/x" "" }}')).toMatchObject({ operation: 'write', parameters: {} });
  });

  test('to a listing is one of its own', () => {
    expect(only('{{ secrets "kv/" }}')).toEqual({ ...read('kv'), operation: 'list' });
  });
});

describe('an answer of the store', () => {
  const answer =
    '{"request_id":"r","lease_id":"db/1","lease_duration":3600,"renewable":true,"data":{"k":1.50},"warnings":["w"],' +
    '"auth":{"client_token":"t","policies":["p","q"],"lease_duration":60,"metadata":{"a":"b"}},"wrap_info":null}';

  test('is seen as Vault Agent shows it', () => {
    const text =
      '{{ with secret "s" }}{{ .RequestID }} {{ .LeaseID }} {{ .LeaseDuration }} {{ .Renewable }} {{ .Data.k }} ' +
      '{{ .Warnings }} {{ .Auth.ClientToken }} {{ .Auth.Policies }} {{ .Auth.Metadata }} {{ .WrapInfo }}{{ end }}';
    expect(rendered(text, { secrets: { s: answer } })).toBe(
      'r db/1 3600 true 1.50 [w] t [p q] map[a:b] <nil>',
    );
  });

  test('without data has none', () => {
    expect(
      rendered('{{ with secret "s" }}[{{ .Data.k }}]{{ toJSON .Data }}{{ end }}', { secrets: { s: '{}' } }),
    ).toBe('[<no value>]null');
  });

  test('of KV v2 keeps data and metadata apart', () => {
    const secrets = { s: '{"data":{"data":{"k":"v"},"metadata":{"version":3}}}' };
    expect(
      rendered('{{ with secret "s" }}{{ .Data.data.k }}{{ .Data.metadata.version }}{{ end }}', { secrets }),
    ).toBe('v3');
  });
});

describe('a secret value', () => {
  test('does not show when the evaluation is printed', () => {
    const evaluation = evaluateText('{{ with secret "s" }}{{ .Data.k }}{{ end }}', {
      secrets: { s: '{"data":{"k":"hunter2"}}' },
    });
    expect(inspect(evaluation, { depth: 9, showHidden: true }) + JSON.stringify(evaluation)).not.toContain(
      'hunter2',
    );
  });

  test.each([
    'parseInt .Data.k', 'parseBool .Data.k', 'parseFloat .Data.k', 'parseJSON .Data.k', 'base64Decode .Data.k', 'mustEnv .Data.k',
    'secret "x" .Data.k', '.Data.k.x', 'range .Data.k }}{{ end', 'index .Data.k 99', 'slice .Data.k 99', 'eq .Data.k 1', 'lt 1 .Data.k',
    'add 1 .Data.k', 'index .Data.k .Data.k', 'join "," .Data.k', 'printf "%p" .Data', 'indent .Data.k "x"',
  ])('does not show in the error of {{ %s }}', (action) => {
    const error = caught(() => renderedData(action, '{"k":"hunter2"}'));
    expect(error).toBeInstanceOf(TemplateError);
    expect(inspect(error)).not.toContain('hunter2');
  }); // prettier-ignore
});

test('an error names the line and column of the function that failed', () => {
  expect(caught(() => rendered('a\n é {{ print 1 | toUpper | parseInt }}{{ parseInt "x" }}'))).toMatchObject({
    line: 2,
    column: 41,
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
