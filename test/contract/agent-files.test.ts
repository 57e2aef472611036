import { describe, expect, test } from 'vitest';
import { type FileSpec, readConfig } from '../../contract/agent-config.ts';
import { SOURCE_FORM } from '../../contract/secret-source.ts';

type Fields = Readonly<Record<string, unknown>>;

const PLACE: Fields = { name: 'api', volume: '/run/secrets/sidekey', path: 'api' };
const TEMPLATE: Fields = { text: 'x' };

const configOf = (file: Fields): Fields => ({
  version: 1,
  vault: { address: 'https://vault:8200', auth: { role: 'r', tokenFile: '/t' } },
  files: [{ ...PLACE, ...file }],
});

function fileOf(content: Fields): FileSpec | undefined {
  const result = readConfig(configOf(content));
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  expect(result.value.warnings).toEqual([]);
  return result.value.config.files[0];
}

/** What is wrong with the file, each with the field below `config.files[0]`. */
function problemsOf(content: Fields): readonly string[] {
  const result = readConfig(configOf(content));
  if (result.ok) return [];
  return result.problems.map(({ key, message }) => `${key.replace('config.files[0].', '')} ${message}`);
}

test.each([
  [{}, undefined],
  [{ pollMs: null }, undefined],
  [{ pollMs: 100 }, 100],
])('a file with %j is polled as often as all, or as it asks: %j', (rest, pollMs) => {
  expect(fileOf({ template: TEMPLATE, ...rest })?.pollMs).toBe(pollMs);
});

test('a file is not polled more often than a store bears', () => {
  expect(problemsOf({ template: TEMPLATE, pollMs: 99 })).toEqual([
    expect.stringMatching(/^pollMs must be a whole number from 100 /u),
  ]);
});

describe('a file made of a secret', () => {
  test('names where the secret is and the format it is written in', () => {
    expect(fileOf({ source: 'infisical:ml/prod/db#PASSWORD', format: 'json' })).toEqual({
      ...PLACE,
      mode: 0o644,
      source: { store: 'infisical', project: 'ml', environment: 'prod', folder: '/db', key: 'PASSWORD' },
      format: 'json',
    });
  });

  test.each([{}, { format: null }, { template: null }])(
    'is raw for one value and JSON for all of them where nothing is said: %j',
    (rest) => {
      expect(fileOf({ source: 'vault:secret/data/ml#key', ...rest })).toMatchObject({ format: 'raw' });
      expect(fileOf({ source: 'vault:secret/data/ml', ...rest })).toEqual({
        ...PLACE,
        mode: 0o644,
        source: { store: 'vault', path: 'secret/data/ml' },
        format: 'json',
      });
    },
  );

  test('has a source that can be read, in a format that there is', () => {
    const formats = '"raw", "json", "yaml", "dotenv", "properties"';
    expect(problemsOf({ source: 'infisical:ml', format: 'toml' })).toEqual([
      `source must be ${SOURCE_FORM}`,
      `format must be one of ${formats}`,
    ]);
    expect(problemsOf({ source: { store: 'vault', path: 'a' } })[0]).toBe(
      'source must be a string that is not empty',
    );
  });
});

describe('a file made by a template', () => {
  test('has the usual delimiters and takes missing keys for nothing where nothing is said', () => {
    expect(fileOf({ template: TEMPLATE })).toMatchObject({
      template: { text: 'x', left: '{{', right: '}}' },
    });
    expect(fileOf({ template: { ...TEMPLATE, errorOnMissingKey: true } })).toMatchObject({
      template: { errorOnMissingKey: true },
    });
    expect(problemsOf({ template: { ...TEMPLATE, errorOnMissingKey: 'yes' } })).toEqual([
      'template.errorOnMissingKey must be true or false',
    ]);
  });
});

describe('of a template and a source', () => {
  test('one is needed', () => {
    expect(problemsOf({})).toEqual(['template must be an object, unless there is "source"']);
    expect(problemsOf({ template: null, source: null })).toHaveLength(1);
  });

  test('only one is allowed, and what is wrong with either is said, too', () => {
    expect(problemsOf({ template: TEMPLATE, source: 'vault:a' })).toEqual([
      'source must not stand beside "template"',
    ]);
    expect(problemsOf({ template: { text: 1 }, source: 'vault:a', format: 'toml' })).toHaveLength(3);
  });

  test('the template has no format: one beside it is warned about', () => {
    const result = readConfig(configOf({ template: TEMPLATE, format: 'json' }));
    expect(result).toMatchObject({ ok: true, value: { warnings: [{ key: 'config.files[0].format' }] } });
  });
});
