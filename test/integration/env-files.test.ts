import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toDotenv } from '../../agent/source/dotenv.ts';

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'sidekey-env-'));
});

afterAll(() => {
  rmSync(directory, { recursive: true });
});

const SHOW = 'process.stdout.write(JSON.stringify(process.env))';
/** Debian's, whatever other Python is on the path. */
const PYTHON = '/usr/bin/python3';

const python = (load: string) => (path: string) => {
  const code = `import dotenv, json, os, sys; ${load}; print(json.dumps(dict(os.environ)))`;
  return [PYTHON, '-c', code, path] as const;
};

/** How docs/env-files.md has the file read, each as a command that prints the environment that it has then. */
const READERS = {
  shell: (path: string) => ['sh', '-c', `set -a; . "$0"; exec "$1" -e '${SHOW}'`, path, process.execPath],
  node: (path: string) => [process.execPath, `--env-file=${path}`, '-e', SHOW],
  python: python('dotenv.load_dotenv(sys.argv[1], interpolate=False)'),
  expandingPython: python('dotenv.load_dotenv(sys.argv[1])'),
} as const satisfies Readonly<Record<string, (path: string) => readonly string[]>>;

type Reader = keyof typeof READERS;

/** A value between two others, as a reader finds all three. */
function found(reader: Reader, value: string): Readonly<Record<string, string | undefined>> {
  const path = join(directory, 'app.env');
  const text = toDotenv(
    new Map([
      ['A', 'first'],
      ['K', value],
      ['Z', 'last'],
    ]),
  );
  writeFileSync(path, text);
  const [command = '', ...args] = READERS[reader](path);
  const printed = execFileSync(command, args, { encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '' } });
  const { A, K, Z } = JSON.parse(printed) as Readonly<Record<string, string>>;
  return { A, K, Z };
}

const right = (value: string): object => ({ A: 'first', K: value, Z: 'last' });

const READ_BY_ALL: readonly string[] = [
  'abc',
  '',
  '  at both ends  ',
  'p#q #r',
  'a=b==',
  'a\nb\n\nc\n',
  'pässwörd ✓ 日本',
  "it's",
  'say "hi"',
  'a$b $(id) `id`',
  String.raw`a\b a\nb`,
  'postgres://u:p@h/db?a=b&c',
];

describe.each(Object.keys(READERS) as readonly Reader[])('an env file is read by %s', (reader) => {
  test.each(READ_BY_ALL)('as it is: %j', (value) => {
    expect(found(reader, value)).toEqual(right(value));
  });
});

/** What docs/formats.md says of each, and nothing else. */
const READ_WRONG: readonly (readonly [Reader, string, object])[] = [
  ['node', 'a\r\nb', { K: 'a\nb', Z: 'last' }],
  ['node', `it's $5`, { K: String.raw`it's \$5`, Z: 'last' }],
  ['python', 'a\r\nb', { K: 'a\nb', Z: 'last' }],
  ['python', String.raw`a\\b`, { K: String.raw`a\b`, Z: 'last' }],
  ['python', `it's $5`, { K: String.raw`it's \$5`, Z: 'last' }],
  ['python', 'ends in \\', { K: undefined, Z: undefined }],
  ['expandingPython', '${NOBODY}!', { K: '!', Z: 'last' }],
];

test.each(READ_WRONG)('%s reads wrong, as the documentation says, %j', (reader, value, read) => {
  expect(found(reader, value)).toEqual({ A: 'first', ...read });
  expect(found('shell', value)).toEqual(right(value));
});
