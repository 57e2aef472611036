import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressParser,
  parseAuthMethod,
  parseAuthPath,
  parseDirectory,
  parseFlag,
  parseInterval,
  parseNamespace,
  parseRole,
  parseSecretPath,
  quoted,
} from '../../../injector/annotations/values.ts';

const refused = { expected: expect.any(String) as string };

describe('a flag', () => {
  it.each(['1', 't', 'T', 'TRUE', 'true', 'True'])('is true as %j', (text) => {
    expect(parseFlag(text)).toEqual({ value: true });
  });

  it.each(['0', 'f', 'F', 'FALSE', 'false', 'False', ''])('is false as %j', (text) => {
    expect(parseFlag(text)).toEqual({ value: false });
  });

  it.each(['yes', 'on', 'tRUE', ' true', 'true\n', '2', 'no'])('is refused as %j', (text) => {
    expect(parseFlag(text)).toEqual(refused);
  });
});

describe('a role', () => {
  it('loses the space around it', () => {
    expect(parseRole(' ml-inference\t')).toEqual(refused);
    expect(parseRole(' ml-inference ')).toEqual({ value: 'ml-inference' });
  });

  it.each(['', '  ', 'a\nb', 'a\u0000'])('is refused as %j', (text) => {
    expect(parseRole(text)).toEqual(refused);
  });
});

describe('the mount of an auth method', () => {
  it.each([
    ['auth/kubernetes', 'auth/kubernetes'],
    ['/auth/kubernetes-eu/', 'auth/kubernetes-eu'],
    ['auth/team-a/kubernetes', 'auth/team-a/kubernetes'],
  ])('is taken from %j as %j', (text, path) => {
    expect(parseAuthPath(text)).toEqual({ value: path });
  });

  it.each([
    '',
    'kubernetes',
    'auth',
    'auth/',
    'auth/../sys',
    'auth/a/..',
    'auth/a?b',
    'auth/a b',
    'sys/auth/a',
  ])('is refused as %j', (text) => {
    expect(parseAuthPath(text)).toEqual(refused);
  });
});

it('knows two auth methods', () => {
  expect(parseAuthMethod('kubernetes')).toEqual({ value: 'kubernetes' });
  expect(parseAuthMethod('jwt')).toEqual({ value: 'jwt' });
  expect(parseAuthMethod('aws')).toEqual(refused);
  expect(parseAuthMethod('')).toEqual(refused);
});

it('takes the empty namespace for the root one, and nothing that a header cannot hold', () => {
  expect(parseNamespace('')).toEqual({ value: '' });
  expect(parseNamespace('team-a/ml')).toEqual({ value: 'team-a/ml' });
  for (const text of ['a b', 'a\r\nX-Vault-Token: b', 'é']) expect(parseNamespace(text)).toEqual(refused);
});

describe('a directory', () => {
  it('loses its trailing slashes', () => {
    expect(parseDirectory('/vault/secrets//')).toEqual({ value: '/vault/secrets' });
  });

  it.each(['', '/', '//', 'vault', '/a/../b', '/a//b', '/a:b', '/a\nb'])('is refused as %j', (text) => {
    expect(parseDirectory(text)).toEqual(refused);
  });
});

it('reads an interval as Go does, in milliseconds, down to a tenth of a second', () => {
  expect(parseInterval('1m30s')).toEqual({ value: 90_000 });
  expect(parseInterval('100ms')).toEqual({ value: 100 });
  for (const text of ['', '5', '5 minutes', '99ms', '0', '-5m']) expect(parseInterval(text)).toEqual(refused);
});

describe('an address', () => {
  const parse = addressParser(['https://vault:8200', 'https://other.example/']);

  it('is one of the list, whatever slash ends it', () => {
    expect(parse('https://vault:8200/')).toEqual({ value: 'https://vault:8200' });
    expect(parse('https://other.example')).toEqual({ value: 'https://other.example/' });
  });

  it.each([
    '',
    'https://vault:8200.evil.example',
    'http://vault:8200',
    'https://vault:8200/v1',
    'https://u@vault:8200',
  ])('is refused as %j', (text) => {
    expect(parse(text)).toEqual({
      rule: 'address',
      expected: expect.stringContaining('"https://vault:8200"') as string,
    });
  });
});

describe('the path of a secret', () => {
  it.each(['secret/data/ml', '/secret/data/ml/', 'secret/data/ml?version=3', 'kv/a b/ü', 'kv/{{a}}'])(
    'is taken as it stands: %j',
    (text) => {
      expect(parseSecretPath(text)).toEqual({ value: text });
    },
  );

  it.each(['', ' ', '/', '?version=3', 'a"b', 'a\\b', 'a\nb', 'a/../b', './a', 'a\u2028b', '\ud800'])(
    'is refused as %j',
    (text) => {
      expect(parseSecretPath(text)).toEqual(refused);
    },
  );
});

describe('a value in a message', () => {
  it('is cut where it is long', () => {
    expect(quoted('x'.repeat(1000))).toBe(`"${'x'.repeat(64)}…"`);
  });

  it.each([
    ['https://user:word@vault.example:8200', '"https://…@vault.example:8200"'],
    ['http:POST http://127.0.0.1/reload?key=word#top', '"http:POST http://127.0.0.1/reload?…#top"'],
    [`https://${'x'.repeat(100)}:word@vault.example`, '"https://…@vault.example"'],
    ['secret/data/ml?version=2', '"secret/data/ml?version=2"'],
  ])('is without what may be a credential of a URL: %s', (text, shown) => {
    expect(quoted(text)).toBe(shown);
  });

  it('is one printable, well-formed line, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = quoted(text);
        expect(shown).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        expect(shown.isWellFormed()).toBe(true);
      }),
    );
  });
});
