import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { FILE_FORMATS, type FileFormat } from '#contract/file-format.ts';
import { formatValues } from '../../../agent/source/format.ts';
import { parseJson } from '../../../agent/value/json.ts';
import { JsonNumber } from '../../../agent/value/value.ts';
import { readProperties } from './java-properties.ts';
import {
  anyValue,
  keyed,
  mapOf,
  plainValue,
  trickyKey,
  trickyText,
  valuesFrom,
  WHOLE,
} from './some-values.ts';

const ODD = valuesFrom({
  port: new JsonNumber('5432'),
  big: new JsonNumber('12345678901234567890'),
  'api-key': 'sk-"1"',
  none: null,
  tls: true,
  pem: 'BEGIN\nEND\n',
  nested: new Map([['b', [new JsonNumber('1.50'), 'yes', null]]]),
});

const whole = (format: FileFormat, values = ODD): string => formatValues(format, WHOLE, values);
const one = (format: FileFormat, key: string): string =>
  formatValues(format, keyed(key), new Map([[key, ODD.get(key) ?? null]]));

describe('raw', () => {
  test('is the text of one value and nothing else', () => {
    expect(one('raw', 'pem')).toBe('BEGIN\nEND\n');
    expect(one('raw', 'api-key')).toBe('sk-"1"');
  });

  test('is JSON for a value that is no text', () => {
    expect(one('raw', 'big')).toBe('12345678901234567890');
    expect(one('raw', 'nested')).toBe('{"b":[1.50,"yes",null]}');
    expect(one('raw', 'none')).toBe('null');
  });

  test('of a whole secret is a line for each key, as the Vault Agent Injector has it', () => {
    expect(whole('raw')).toBe(
      'api-key: sk-"1"\nbig: 12345678901234567890\nnested: map[b:[1.50 yes <nil>]]\nnone: <no value>\n' +
        'pem: BEGIN\nEND\n\nport: 5432\ntls: true\n',
    );
  });
});

describe('json', () => {
  test('is an object with sorted keys, two spaces a level, types and digits as they were', () => {
    expect(whole('json')).toBe(
      [
        '{',
        String.raw`  "api-key": "sk-\"1\"",`,
        '  "big": 12345678901234567890,',
        '  "nested": {',
        '    "b": [',
        '      1.50,',
        '      "yes",',
        '      null',
        '    ]',
        '  },',
        '  "none": null,',
        String.raw`  "pem": "BEGIN\nEND\n",`,
        '  "port": 5432,',
        '  "tls": true',
        '}',
        '',
      ].join('\n'),
    );
  });

  test('of one key is its value', () => {
    expect(one('json', 'port')).toBe('5432\n');
    expect(one('json', 'api-key')).toBe('"sk-\\"1\\""\n');
  });

  test('is read back as what it was, digit for digit', () => {
    fc.assert(
      fc.property(mapOf(trickyKey, anyValue), (values) => {
        expect(parseJson(whole('json', values))).toEqual(values);
      }),
    );
  });
});

describe('yaml', () => {
  test('is a block with sorted keys, and every string in quotes', () => {
    expect(whole('yaml')).toBe(
      [
        String.raw`api-key: "sk-\"1\""`,
        'big: 12345678901234567890',
        'nested:',
        '  b:',
        '    - 1.50',
        '    - "yes"',
        '    - null',
        'none: null',
        String.raw`pem: "BEGIN\nEND\n"`,
        'port: 5432',
        'tls: true',
        '',
      ].join('\n'),
    );
  });

  test('of one key is its value', () => {
    expect(one('yaml', 'api-key')).toBe('"sk-\\"1\\""\n');
    expect(one('yaml', 'nested')).toBe('b:\n  - 1.50\n  - "yes"\n  - null\n');
  });

  test.each([
    'on',
    'Y',
    'null',
    '~',
    '<<',
    '=',
    '12',
    '1e3',
    'e0',
    'E-1',
    '0o17',
    '2001-01-01',
    'a b',
    '',
    'ä',
    '-a',
  ])('has quotes around the key %j, which some reader could take for something else', (key) => {
    expect(whole('yaml', valuesFrom({ [key]: 'v' }))).toBe(`${JSON.stringify(key)}: "v"\n`);
  });

  test('has numbers that readers of version 1.1 take for numbers, too', () => {
    const tokens = ['1e3', '-1E-7', '1.5e+30', '-0', '0.10'];
    const values = valuesFrom({ numbers: tokens.map((token) => new JsonNumber(token)) });
    expect(whole('yaml', values)).toBe('numbers:\n  - 1.0e+3\n  - -1.0E-7\n  - 1.5e+30\n  - -0\n  - 0.10\n');
  });

  test.each(['1.1', '1.2'] as const)('is read back as what it was by a reader of version %s', (version) => {
    fc.assert(
      fc.property(mapOf(trickyText, anyValue), (values) => {
        expect(parseYaml(whole('yaml', values), { version, mapAsMap: true })).toEqual(plainValue(values));
      }),
      { numRuns: 300 },
    );
  });

  test('announces a key that is too long to stand before a colon', () => {
    const values = valuesFrom({ nested: new Map([['k'.repeat(2000), 'v']]) });
    expect(parseYaml(whole('yaml', values))).toEqual({ nested: { ['k'.repeat(2000)]: 'v' } });
  });
});

describe('properties', () => {
  test('are escaped as Java writes them', () => {
    const values = valuesFrom({ 'a key:': ' x=1 #!\t', pem: 'BEGIN\nEND\\', name: 'Zoë 😀' });
    expect(whole('properties', values)).toBe(
      [
        String.raw`a\ key\:=\ x\=1 \#\!\t`,
        String.raw`name=Zo\u00EB \uD83D\uDE00`,
        String.raw`pem=BEGIN\nEND\\`,
        '',
      ].join('\n'),
    );
  });

  test('have one line for one key, and JSON for a value that is no text', () => {
    expect(one('properties', 'port')).toBe('port=5432\n');
    expect(one('properties', 'nested')).toBe('nested={"b"\\:[1.50,"yes",null]}\n');
  });

  test('are read back as they were', () => {
    fc.assert(
      fc.property(mapOf(trickyText, trickyText), (values) => {
        expect(readProperties(Buffer.from(whole('properties', values)))).toEqual(values);
      }),
      { numRuns: 300 },
    );
  });
});

test.each(FILE_FORMATS)('%s is the same in whatever order the store has the keys', (format) => {
  fc.assert(
    fc.property(mapOf(fc.stringMatching(/^[a-z]{1,3}$/u), fc.stringMatching(/^\w*$/u)), (values) => {
      expect(whole(format, new Map([...values].toReversed()))).toBe(whole(format, values));
    }),
  );
});
