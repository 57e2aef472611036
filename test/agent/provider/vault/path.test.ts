import { array, assert, constantFrom, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { completePath, encodePath, looksComplete, parsePath } from '../../../../agent/provider/vault/path.ts';

const KV2 = { path: 'secret/', version: 2 } as const;
const DEEP = { path: 'team/kv/', version: 2 } as const;

describe('a path', () => {
  test.each([
    ['secret/data/app', 'secret/data/app', ''],
    ['/secret/data/app/', 'secret/data/app', ''],
    ['secret/data/app?version=3', 'secret/data/app', '?version=3'],
    ['secret/data/two%20words', 'secret/data/two words', ''],
    ['secret/data/100%', 'secret/data/100%', ''],
  ])('%s is %s with the query %j', (text, path, query) => {
    expect(parsePath(text)).toEqual({ path, query });
  });

  test.each(['secret/../sys/raw', 'secret/%2e%2e/sys', './secret', 'secret/..%2fsys'])(
    '%s, which leads elsewhere, is refused',
    (text) => {
      expect(() => parsePath(text)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
    },
  );

  test('is encoded part by part', () => {
    expect(encodePath('secret/data/two words?#')).toBe('secret/data/two%20words%3F%23');
  });
});

describe('a path of KV v2', () => {
  test.each([
    ['secret/app', KV2, 'secret/data/app'],
    ['secret/a/b/c', KV2, 'secret/data/a/b/c'],
    ['secret', KV2, 'secret/data'],
    ['secret/data/app', KV2, 'secret/data/app'],
    ['secret/metadata/app', KV2, 'secret/metadata/app'],
    ['secret/subkeys/app', KV2, 'secret/subkeys/app'],
    ['secret/database', KV2, 'secret/data/database'],
    ['team/kv/app', DEEP, 'team/kv/data/app'],
    ['team/kv/a/data/b', DEEP, 'team/kv/data/a/data/b'],
  ])('%s is read at its whole path', (path, mount, expected) => {
    expect(completePath(path, mount, 'data')).toBe(expected);
  });

  test('is listed below metadata', () => {
    expect(completePath('secret/a', KV2, 'metadata')).toBe('secret/metadata/a');
  });

  test('once complete stays so', () => {
    const part = string({ minLength: 1 }).filter((text) => !text.includes('/'));
    const paths = array(part, { minLength: 1, maxLength: 4 }).map((parts) => `secret/${parts.join('/')}`);
    assert(
      property(paths, constantFrom('data', 'metadata'), (path, kind) => {
        const once = completePath(path, KV2, kind);
        expect(completePath(once, KV2, kind)).toBe(once);
      }),
    );
  });
});

test('a path of any other engine stays as it is', () => {
  expect(completePath('secret/app', { path: 'secret/', version: 1 }, 'data')).toBe('secret/app');
});

test.each([
  ['secret/data/app', true],
  ['team/kv/data/app', true],
  ['secret/app', false],
  ['data/app', false],
  ['secret/database', false],
])('%s looks complete: %j', (path, expected) => {
  expect(looksComplete(path)).toBe(expected);
});
