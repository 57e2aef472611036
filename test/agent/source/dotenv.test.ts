import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toDotenv } from '../../../agent/source/dotenv.ts';
import { JsonNumber, type ValueMap } from '../../../agent/value/value.ts';
import { aVolume } from '../render/fresh-volume.ts';
import { mapOf, trickyText, valuesFrom } from './some-values.ts';

const names = fc.stringMatching(/^K_[A-Za-z0-9_]{0,8}$/u);
const texts = trickyText.map((text) => text.replaceAll('\0', ''));

/** Lines that are read differently if a reader takes a value for longer or shorter than it is. */
const followed = (values: ValueMap): ValueMap => new Map([...values, ['K', 'last']]);

/** The variables that a shell has after reading the file. */
function readByShell(path: string, text: string): ReadonlyMap<string, string> {
  writeFileSync(path, text);
  const script = 'set -a; . "$0"; set +a; exec env -0';
  const output = execFileSync('/bin/sh', ['-c', script, path], {
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin' },
  });
  const pairs = output.split('\0').map((pair): [string, string] => {
    const end = pair.indexOf('=');
    return [pair.slice(0, end), pair.slice(end + 1)];
  });
  return new Map(pairs.filter(([name]) => /^K(?:_|$)/u.test(name)));
}

const readByNode = (text: string): ReadonlyMap<string, string | undefined> =>
  new Map(Object.entries(parseEnv(text)));

describe('a line of dotenv', () => {
  test.each([
    ['sk-1', "K='sk-1'"],
    ['', "K=''"],
    ['a b #c', "K='a b #c'"],
    [String.raw`$HOME \n "x"`, String.raw`K='$HOME \n "x"'`],
    ['BEGIN\nEND', "K='BEGIN\nEND'"],
    ["it's", `K="it's"`],
    ['it\'s $5 "\\`', 'K="it\'s \\$5 \\"\\\\\\`"'],
  ])('of the value %j is %j', (value, line) => {
    expect(toDotenv(valuesFrom({ K: value }))).toBe(`${line}\n`);
  });

  test('has JSON for a value that is no text', () => {
    const values = valuesFrom({ N: new JsonNumber('1.50'), O: new Map([['a', [true, null]]]) });
    expect(toDotenv(values)).toBe(`N='1.50'\nO='{"a":[true,null]}'\n`);
  });

  test('means to a shell just what the value is', () => {
    const path = join(aVolume(), 'app.env');
    fc.assert(
      fc.property(mapOf(names, texts), (values) => {
        const all = followed(values);
        expect(readByShell(path, toDotenv(all))).toEqual(all);
      }),
      { numRuns: 150 },
    );
  });

  test('means the same to Node, but for a carriage return and for a single quote beside what shells escape', () => {
    const readable = texts.filter((text) => !/\r|'(?=[^]*["$\\`])|["$\\`](?=[^]*')/u.test(text));
    fc.assert(
      fc.property(mapOf(names, readable), (values) => {
        const all = followed(values);
        expect(readByNode(toDotenv(all))).toEqual(all);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('refused', () => {
  test('are all keys that no variable can be called, by their names and never by their values', () => {
    const values = valuesFrom({
      GOOD: 's3cret',
      'api-key': 's3cret',
      '1st': 's3cret',
      'a\nb': 's3cret',
      '': 's3cret',
    });
    expect(() => toDotenv(values)).toThrow(
      '"api-key", "1st", "a\\nb", "" cannot be the name of a variable; take single keys, another format or a template',
    );
  });

  test('is a value with a NUL, which would end it early', () => {
    expect(() => toDotenv(valuesFrom({ GOOD: 'x', BAD: 's3cret\0' }))).toThrow(
      /^the value of "BAD" holds a NUL, which no variable can$/u,
    );
  });
});
