import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import { CREDENTIAL_SHAPES } from '../../../governance/policy/credentials.ts';
import { NO_PLAINTEXT_SECRETS } from '../../../governance/policy/no-plaintext-secrets.ts';
import { judgeObject } from './admission.ts';

const configMap = (data: JsonObject): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {},
  data,
});
const verdictOf = (text: string): string => judgeObject(NO_PLAINTEXT_SECRETS, configMap({ text })).verdict;

/** What the API server counts for a text of one mebibyte: a tenth of its letters, times a quarter of the pattern's. */
const costOf = (pattern: string): number => (1024 ** 2 / 10) * Math.ceil(pattern.length / 4);

describe('shapes of credentials', () => {
  test.each(CREDENTIAL_SHAPES.map((shape) => [shape.title, shape] as const))(
    '%s is looked for within what one expression may cost',
    (_, { pattern }) => {
      expect(costOf(pattern)).toBeLessThan(1_000_000);
    },
  );

  test('are looked for within what one policy may cost, even in a text that has a bit of each', () => {
    const markers = CREDENTIAL_SHAPES.flatMap((shape) => shape.markers).length;
    // The texts are put together once to be searched, and once more for the message.
    const others = costOf('x') * (markers + 4);
    const sum = CREDENTIAL_SHAPES.reduce((cost, { pattern }) => cost + costOf(pattern), others);
    expect(sum).toBeLessThan(10_000_000);
  });
});

describe('a password in an address', () => {
  test.each([
    'postgres://app:hunter22@db:5432/app',
    'https://user:p4ss@registry.example',
    'url: "amqp://guest:guest@rabbit"',
  ])('%s is one', (text) => {
    expect(verdictOf(text)).toBe('denied');
  });

  test.each([
    'https://models.example:8443/v1@latest',
    'postgres://app@db:5432/app',
    'postgres://app:$(PASSWORD)@db:5432/app',
    'postgres://app:${PASSWORD}@db/app',
    'postgres://{{ .Data.username }}:{{ .Data.password }}@db',
    'postgres://<user>:<password>@db',
    'postgres://%s:%s@db',
    'postgres://app:***@db',
    'oci://registry.example:5000/models@sha256:9f86d081',
    'http://[::1]:9473/metrics',
  ])('%s is none', (text) => {
    expect(verdictOf(text)).toBe('allowed');
  });
});

test('keys of a ConfigMap that JavaScript has other uses for are keys', () => {
  const data = Object.fromEntries([
    ['__proto__', 'x'],
    ['constructor', `hf_${'a1'.repeat(17)}`],
  ]);
  const { message } = judgeObject(NO_PLAINTEXT_SECRETS, configMap(data));
  expect(message).toContain('key constructor');
});
