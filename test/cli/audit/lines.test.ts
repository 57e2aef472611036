import fc from 'fast-check';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { firstTime, openLog, readLines } from '../../../cli/audit/lines.ts';
import { LONGEST_LINE } from '../../../governance/audit/reader.ts';

type Line = readonly [text: string | undefined, line: number, isCut: boolean];

/** What comes of bytes that arrive in these pieces. */
async function linesOf(chunks: readonly Buffer[]): Promise<readonly Line[]> {
  const lines: Line[] = [];
  const [beginning = Buffer.alloc(0), ...rest] = chunks;
  const problems = await readLines(
    {
      file: 'f',
      beginning,
      rest: (async function* () {
        yield* rest;
      })(),
    },
    (...line) => void lines.push(line),
    () => Promise.resolve(),
  );
  expect(problems).toEqual([]);
  return lines;
}

describe('lines', () => {
  test('have numbers, and the last may have no end', async () => {
    expect(await linesOf([Buffer.from('a\n\nb\nc')])).toEqual([
      ['a', 1, false],
      ['', 2, false],
      ['b', 3, false],
      ['c', 4, true],
    ]);
    expect(await linesOf([Buffer.from('a\n')])).toEqual([['a', 1, false]]);
    expect(await linesOf([])).toEqual([]);
  });

  test('property: are the same in whatever pieces they arrive', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'ä', '😀', '\n', '\r'), maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(100), { maxLength: 8 }), async (whole, cuts) => {
        const bytes = Buffer.from(whole);
        const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
        const chunks = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
        expect(await linesOf(chunks)).toEqual(await linesOf([bytes]));
        const texts = (await linesOf(chunks)).map(([line]) => line);
        expect(texts).toEqual(whole.split('\n').slice(0, texts.length));
      }),
    );
  });

  test('that go on for ever are not kept, and the next one is read', async () => {
    const long = Array.from({ length: LONGEST_LINE / (1024 * 1024) + 1 }, () =>
      Buffer.alloc(1024 * 1024, 'x'),
    );
    expect(await linesOf([...long, Buffer.from('\nb\n')])).toEqual([
      [undefined, 1, false],
      ['b', 2, false],
    ]);
  });

  test('that cannot be read to their end are told', async () => {
    const rest = (async function* () {
      yield Buffer.from('b\n');
      throw Object.assign(new Error('no'), { code: 'EIO' });
    })();
    const lines: unknown[] = [];
    const problems = await readLines(
      { file: 'f', beginning: Buffer.from('a\n'), rest },
      (text) => void lines.push(text),
      () => Promise.resolve(),
    );
    expect(lines).toEqual(['a', 'b']);
    expect(problems).toEqual([{ key: 'f', message: 'cannot be read to its end: EIO' }]);
  });
});

describe('a log', () => {
  let directory: string;
  beforeAll(async () => void (directory = await mkdtemp(join(tmpdir(), 'sidekey-lines-'))));
  afterAll(() => rm(directory, { recursive: true }));

  const file = async (content: string | Buffer): Promise<string> => {
    const name = join(directory, 'log');
    await writeFile(name, content);
    return name;
  };

  test('is told to be compressed', async () => {
    expect(await openLog(await file(Buffer.from([0x1f, 0x8b, 8, 0])))).toMatchObject({
      ok: false,
      problems: [{ message: expect.stringContaining('zcat') }],
    });
  });

  test('may be empty', async () => {
    expect(await openLog(await file(''))).toMatchObject({ ok: true, value: { beginning: Buffer.alloc(0) } });
  });

  test.each([
    ['not there', 'nowhere', 'ENOENT'],
    ['a directory', '.', 'EISDIR'],
  ])('that is %s is refused', async (_, name, code) => {
    expect(await openLog(join(directory, name))).toMatchObject({
      ok: false,
      problems: [{ message: `cannot be read: ${code}` }],
    });
  });

  test.each([
    ['{"x":1}\n{"time":"2026-11-25T12:00:00.5Z","type":"x"}\n', Date.UTC(2026, 10, 25, 12, 0, 0, 500)],
    ['{"stageTimestamp":"2026-11-25T12:00:00Z"}', Date.UTC(2026, 10, 25, 12)],
    ['{"time":"99999999999999999999"}\n', undefined],
    ['garbage', undefined],
  ])('begins with the first time in it: %j', (text, time) => {
    expect(firstTime({ file: 'f', beginning: Buffer.from(text), rest: (async function* () {})() })).toBe(
      time,
    );
  });
});
