import * as fc from 'fast-check';
import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { containedPath, isAbsoluteDirectory } from '../../contract/path.ts';

describe('a path inside a volume', () => {
  test.each([
    ['api-key', 'api-key'],
    ['db/password', 'db/password'],
    ['db//password/', 'db/password'],
    ['./db/./password', 'db/password'],
    ['/etc/passwd', 'etc/passwd'],
    ['.hidden', '.hidden'],
    ['a..b', 'a..b'],
    ['with space/ü', 'with space/ü'],
    ['x'.repeat(255), 'x'.repeat(255)],
  ])('"%s" is "%s"', (text, path) => {
    expect(containedPath(text)).toBe(path);
  });

  test.each([
    ['empty', ''],
    ['nothing but slashes and points', './/.'],
    ['a way up', '..'],
    ['a way up inside', 'a/../b'],
    ["the volume's own link", '..data/api'],
    ["a volume's own name below", 'a/..b'],
    ['one with a zero byte', 'a\0b'],
    ['one with a part of 256 bytes', `a/${'x'.repeat(256)}`],
    ['one with a part of 256 bytes in UTF-8', 'ü'.repeat(128)],
  ])('is not %s', (_, text) => {
    expect(containedPath(text)).toBeUndefined();
  });

  test('never leads out of the volume, and is its own normal form', () => {
    const part = fc.oneof(fc.constantFrom('.', '..', '', '..data', 'a'), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const path = containedPath(parts.join('/'));
        if (path === undefined) return;
        expect(posix.join('/volume', path)).toBe(`/volume/${path}`);
        expect(containedPath(path)).toBe(path);
      }),
    );
  });
});

describe('an absolute directory', () => {
  test.each(['/vault/secrets', '/a', '/a/.b', '/a/..b', '/with space'])('may be "%s"', (text) => {
    expect(isAbsoluteDirectory(text)).toBe(true);
  });

  test.each(['', '/', 'a', './a', '/a/', '//a', '/a//b', '/a/./b', '/a/../b', '/..', '/a:b', '/a\0', ' /a'])(
    'may not be "%s"',
    (text) => {
      expect(isAbsoluteDirectory(text)).toBe(false);
    },
  );
});
