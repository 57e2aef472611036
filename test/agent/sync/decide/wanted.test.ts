import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../../agent/schedule/attempt.ts';
import { isWaiting, wantedFor } from '../../../../agent/sync/decide/assess.ts';
import { readNamespace } from '../../../../agent/sync/decide/namespace.ts';
import type { Stores, Wanted } from '../../../../agent/sync/decide/wanted.ts';
import { base64, storesOf } from './world.ts';

const NAMESPACE = readNamespace({
  'sidekey.dev/infisical': 'ml/prod/registry',
  'sidekey.dev/vault-paths': 'secret/data/ml',
});
const FOLDER = 'infisical:ml/prod/registry';
const DENIED: Failure = { code: 'forbidden', message: 'Cannot read: grant it', transient: false };
const DOWN: Failure = { code: 'unreachable', message: 'Cannot reach it', transient: true };

const wanted = (annotations: Readonly<Record<string, string>>, stores: Stores): Wanted =>
  wantedFor({ 'infisical.com/secret-sync': 'true', ...annotations }, NAMESPACE, stores);

const plain = ({ values }: Wanted): Record<string, string> =>
  Object.fromEntries([...values].map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));

describe('what a Secret is to hold', () => {
  test('is everything in its folder', () => {
    const all = wanted({}, storesOf({ [FOLDER]: { TOKEN: 't1', EMPTY: '' } }));
    expect(plain(all)).toEqual({ TOKEN: 't1', EMPTY: '' });
    expect(all).toMatchObject({ complete: true, problems: [] });
  });

  test('is one key where the source names one, asked for with the whole folder, which others want too', () => {
    const stores = storesOf({ [FOLDER]: { TOKEN: 't1', OTHER: 'x' } });
    const one = wanted({ 'sidekey.dev/source': `${FOLDER}#TOKEN` }, stores);
    expect(plain(one)).toEqual({ TOKEN: 't1' });
    expect(one.used).toEqual(wanted({}, stores).used);
  });

  test('goes by the names that its keys are given', () => {
    const stores = storesOf({ [FOLDER]: { TOKEN: 't1', CA: 'pem' } });
    expect(plain(wanted({ 'sidekey.dev/keys': 'token=TOKEN,ca.crt=CA' }, stores))).toEqual({
      token: 't1',
      'ca.crt': 'pem',
    });
  });

  test('is of Vault what stands at the path, numbers with all their digits', () => {
    const stores = storesOf({ 'vault:secret/data/ml/db': { user: 'u', port: 5432, tls: { on: true } } });
    expect(plain(wanted({ 'sidekey.dev/source': 'vault:secret/data/ml/db' }, stores))).toEqual({
      user: 'u',
      port: '5432',
      tls: '{"on":true}',
    });
  });

  test('is what its templates render, of both stores', () => {
    const annotations = {
      'sidekey.dev/template.url':
        'x://{{ with secret "secret/data/ml/db" }}{{ .Data.user }}{{ end }}:{{ with listSecrets "ml" "prod" "registry" }}{{ (index . 0).Value }}{{ end }}',
    };
    const stores = storesOf({ 'vault:secret/data/ml/db': { user: 'u' }, [FOLDER]: { TOKEN: 't1' } });
    expect(plain(wanted(annotations, stores))).toEqual({ url: 'x://u:t1' });
  });

  test('keeps the bytes that a template makes', () => {
    const annotations = { 'sidekey.dev/template.bin': '{{ base64Decode "/w==" }}' };
    expect(wanted(annotations, storesOf({})).values.get('bin')).toBe('/w==');
  });
});

describe('what is not known', () => {
  test('is waited for without a word', () => {
    expect(isWaiting(wanted({}, storesOf({})))).toBe(true);
    const template = { 'sidekey.dev/template.a': '{{ with listSecrets "ml" "prod" "registry" }}x{{ end }}' };
    expect(isWaiting(wanted(template, storesOf({})))).toBe(true);
  });

  test('is told if somebody has to mend it, and if it passes by itself, as passing', () => {
    const denied = wanted({}, storesOf({ [FOLDER]: DENIED }));
    expect(denied.complete).toBe(false);
    expect(denied.problems).toEqual([{ reason: 'forbidden', message: `${FOLDER}: ${DENIED.message}` }]);
    expect(wanted({}, storesOf({ [FOLDER]: DOWN })).problems).toMatchObject([
      { reason: 'unavailable', passing: 'awaited' },
    ]);
  });

  test('is no reason to take anything away: a folder that is empty now, a key that is missing', () => {
    expect(wanted({}, storesOf({ [FOLDER]: {} }))).toMatchObject({
      complete: false,
      problems: [{ reason: 'source_empty' }],
    });
    const missing = wanted({ 'sidekey.dev/keys': 'token' }, storesOf({ [FOLDER]: { TOKEN: 't1' } }));
    expect(missing).toMatchObject({ kept: new Set(['token']), problems: [{ reason: 'missing_key' }] });
    expect(missing.problems[0]?.message).toContain('token=TOKEN');
  });

  test('is told of as many keys as an annotation can name, in a folder that is as large', () => {
    const folder = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`KEY_${index}`, '']));
    const keys = Array.from({ length: 40_000 }, (_, index) => `k${index}`);
    const missing = wanted({ 'sidekey.dev/keys': keys.join(',') }, storesOf({ [FOLDER]: folder }));
    expect(missing.problems).toHaveLength(keys.length);
  });

  test('is no reason to take anything away where no key of the folder can be one of a Secret', () => {
    expect(wanted({}, storesOf({ [FOLDER]: { 'a b': '1' } }))).toMatchObject({
      complete: false,
      problems: [{ reason: 'invalid_key' }],
    });
  });

  test('is a store that is not configured', () => {
    const stores = storesOf({}, ['vault']);
    expect(wanted({}, stores).problems).toMatchObject([{ reason: 'unavailable' }]);
  });
});

describe('a template', () => {
  const reads = (call: string): Record<string, string> => ({
    'sidekey.dev/template.a': `{{ with ${call} }}x{{ end }}`,
  });

  test.each([
    'listSecrets "other" "prod" "/registry"',
    'getSecretByName "ml" "prod" "/" "TOKEN"',
    'secret "secret/data/team-b/key"',
    'secret "secret/data/ml-other/key"',
  ])('cannot have what its namespace is not bound to: %s', (call) => {
    const result = wanted(reads(call), storesOf({}));
    expect(result).toMatchObject({ used: [], problems: [{ reason: 'unbound' }], kept: new Set(['a']) });
  });

  test('that fails keeps its key and goes on being told of what it is made of', () => {
    const annotations = {
      'sidekey.dev/template.a': '{{ range listSecrets "ml" "prod" "/registry" }}{{ .No }}{{ end }}',
    };
    const result = wanted(annotations, storesOf({ [FOLDER]: { TOKEN: 't1' } }));
    expect(result).toMatchObject({ kept: new Set(['a']), problems: [{ reason: 'template' }] });
    expect(result.used).toHaveLength(1);
    expect(result.problems[0]?.message).not.toContain('t1');
  });

  test('is the only one to say what its key holds, though the source has such a key, too', () => {
    const annotations = {
      'sidekey.dev/source': FOLDER,
      'sidekey.dev/template.TOKEN': '{{ with secret "secret/data/ml/db" }}{{ .Data.user }}{{ end }}',
    };
    const waiting = wanted(annotations, storesOf({ [FOLDER]: { TOKEN: 'raw', OTHER: 'x' } }));
    expect(plain(waiting)).toEqual({ OTHER: 'x' });
    expect(waiting).toMatchObject({ complete: true, kept: new Set(['TOKEN']) });
    const known = storesOf({ [FOLDER]: { TOKEN: 'raw' }, 'vault:secret/data/ml/db': { user: 'u' } });
    expect(plain(wanted(annotations, known))).toEqual({ TOKEN: 'u' });
  });

  test('keeps its key where a folder that it lists holds nothing any more, and makes it blank', () => {
    const list = (around: string): Record<string, string> => ({
      'sidekey.dev/template.a': `${around}{{ range listSecrets "ml" "prod" "/registry" }}{{ .Key }}={{ .Value }}\n{{ end }}\n`,
    });
    const stores = storesOf({ [FOLDER]: {} });
    expect(wanted(list(''), stores)).toMatchObject({
      values: new Map(),
      kept: new Set(['a']),
      problems: [{ reason: 'source_empty' }],
    });
    expect(wanted(list('MODE=prod'), stores)).toMatchObject({ kept: new Set(), problems: [] });
  });

  test('may do so much, with all others of its Secret together, for the sync does nothing else meanwhile', () => {
    const busy = (count: number): Wanted =>
      wanted(
        Object.fromEntries(
          Array.from({ length: count }, (_, number) => [
            `sidekey.dev/template.a${number}`,
            '{{ range loop 20000 }}x{{ end }}',
          ]),
        ),
        storesOf({}),
      );
    expect(busy(3)).toMatchObject({ problems: [], kept: new Set() });
    const result = busy(200);
    expect(result.values.size + result.kept.size).toBe(200);
    expect(result.kept.size).toBeGreaterThan(150);
    expect(result.problems[0]).toMatchObject({ reason: 'template' });
  });

  test('may ask for so many secrets, with all others of its Secret together', () => {
    const result = wanted(
      {
        'sidekey.dev/template.a':
          '{{ range loop 200 }}{{ with secret (printf "secret/data/ml/%d" .) }}x{{ end }}{{ end }}',
        'sidekey.dev/template.b':
          '{{ range loop 200 400 }}{{ with secret (printf "secret/data/ml/%d" .) }}x{{ end }}{{ end }}',
      },
      storesOf({}),
    );
    expect(result).toMatchObject({ kept: new Set(['a', 'b']), problems: [{ reason: 'template' }] });
    expect(result.problems[0]?.message).toContain('256 secrets');
    expect(result.used).toHaveLength(256);
  });

  test('sees nothing of the sync’s own environment', () => {
    expect(plain(wanted({ 'sidekey.dev/template.a': '[{{ env "PATH" }}]' }, storesOf({})))).toEqual({
      a: '[]',
    });
  });
});

test('a key that no Secret can have is told, and the others are filled', () => {
  const result = wanted({}, storesOf({ [FOLDER]: { 'a b': '1', good: '2' } }));
  expect(result.values).toEqual(new Map([['good', base64('2')]]));
  expect(result.problems).toMatchObject([{ reason: 'invalid_key' }]);
});
