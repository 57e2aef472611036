import { describe, expect, test } from 'vitest';
import type { SecretSource } from '#contract/secret-source.ts';
import type { SecretRef, StoreName } from '../../../agent/provider/provider.ts';
import { FormatError } from '../../../agent/source/error.ts';
import { evaluateSource } from '../../../agent/source/evaluate.ts';
import { parseJson } from '../../../agent/value/json.ts';
import type { Value, ValueMap } from '../../../agent/value/value.ts';
import { keyed, WHOLE } from './some-values.ts';

const REF: SecretRef = { store: 'vault', operation: 'read', path: 'secret/data/ml', parameters: {} };

function inputs(body?: object, stores: readonly StoreName[] = ['vault', 'infisical']) {
  const asked: SecretRef[] = [];
  return {
    asked,
    has: (store: StoreName) => stores.includes(store),
    secret: (ref: SecretRef) => {
      asked.push(ref);
      return body && (parseJson(JSON.stringify(body)) as ValueMap);
    },
  };
}

const kv2 = (data: unknown): object => ({ data: { data, metadata: { version: 3 } } });

function failure(source: SecretSource, given: ReturnType<typeof inputs>): string {
  try {
    evaluateSource(source, 'dotenv', given);
  } catch (error) {
    if (error instanceof FormatError) return error.message;
    throw error;
  }
  throw new Error('Nothing was refused');
}

describe('a file that is a secret in a format', () => {
  test('asks for the secret as long as it has not been read', () => {
    expect(evaluateSource(WHOLE, 'json', inputs())).toEqual({ ok: false, missing: [REF], used: [REF] });
  });

  test('is the values of the version that was read', () => {
    const evaluation = evaluateSource(WHOLE, 'dotenv', inputs(kv2({ B: '2', A: '1' })));
    expect(evaluation).toMatchObject({ ok: true, used: [REF] });
    expect(evaluation.ok && evaluation.text.reveal()).toBe("A='1'\nB='2'\n");
  });

  test('is one secret of Infisical, asked for by its name', () => {
    const source = {
      store: 'infisical',
      project: 'ml',
      environment: 'prod',
      folder: '/db',
      key: 'PASSWORD',
    } as const;
    const given = inputs({ secrets: [{ secretKey: 'PASSWORD', secretValue: 'p' }] });
    const evaluation = evaluateSource(source, 'raw', given);
    expect(evaluation.ok && evaluation.text.reveal()).toBe('p');
    expect(given.asked).toEqual([
      { store: 'infisical', operation: 'read', path: 'ml/prod/db', parameters: { name: 'PASSWORD' } },
    ]);
  });
});

describe('instead of an empty or a wrong file there is a failure', () => {
  test('for a key that is not there: it names those that are, and no value', () => {
    const data = Object.fromEntries(['g', 'f', 'e', 'd', 'c', 'b', 'a'].map((key) => [key, 's3cret']));
    expect(failure(keyed('kye'), inputs(kv2(data)))).toBe(
      'Cannot write vault:secret/data/ml#kye as dotenv: there is no such key among 7: "a", "b", "c", "d", "e" and 2 more',
    );
  });

  test('for a secret without keys', () => {
    for (const source of [WHOLE, keyed('key')])
      expect(failure(source, inputs(kv2({})))).toMatch(/ as dotenv: there are no keys$/u);
  });

  test('for what the format cannot hold', () => {
    expect(failure(WHOLE, inputs(kv2({ 'api-key': 's3cret' })))).toMatch(
      /^Cannot write vault:secret\/data\/ml as dotenv: "api-key" cannot be the name of a variable/u,
    );
  });

  test('for a store that the agent was not given', () => {
    expect(failure(WHOLE, inputs(kv2({ A: '1' }), ['infisical']))).toBe(
      'Cannot write vault:secret/data/ml as dotenv: the agent is not configured to use Vault',
    );
  });

  test('for a value that is nested beyond measure', () => {
    let deep: Value = 's3cret';
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    const body: ValueMap = new Map([['data', new Map([['A', deep]])]]);
    expect(() => evaluateSource(WHOLE, 'json', { has: () => true, secret: () => body })).toThrow(
      /^Cannot write .* as json: a value is nested too deeply or too large$/u,
    );
  });
});
