import { createReadStream } from 'node:fs';
import { type Parsed, parsed, type Problem, rejected } from '#contract/problem.ts';
import { faultCode } from '#platform/connection-fault.ts';
import { parseTime } from '../../governance/audit/line.ts';
import { LONGEST_LINE } from '../../governance/audit/reader.ts';

/** A log whose beginning was read, and no more. */
export interface OpenLog {
  /** As people call it: `stdin` for `-`. */
  readonly file: string;
  /** Empty if the log is. */
  readonly beginning: Buffer;
  readonly rest: AsyncIterable<Buffer>;
}

/** What a pipe holds. Larger ones are read no faster, and are garbage that the collector sees late. */
const CHUNK = 64 * 1024;

const GZIP = Buffer.from([0x1f, 0x8b]);

/** Opens a log; `-` is standard input. What comes by a pipe can be read only once, so that its beginning is kept. */
export async function openLog(name: string): Promise<Parsed<OpenLog>> {
  const isStdin = name === '-';
  const file = isStdin ? 'stdin' : name;
  const stream = createReadStream(name, {
    highWaterMark: CHUNK,
    ...(isStdin && { fd: 0, autoClose: false }),
  });
  try {
    const chunks: AsyncIterator<Buffer> = stream[Symbol.asyncIterator]();
    const first = await chunks.next();
    const beginning = first.done === true ? Buffer.alloc(0) : first.value;
    if (beginning.subarray(0, 2).equals(GZIP))
      return rejected([
        { key: file, message: 'is compressed; give what zcat makes of it as standard input, -' },
      ]);
    return parsed({ file, beginning, rest: { [Symbol.asyncIterator]: () => chunks } });
  } catch (error) {
    return rejected([{ key: file, message: `cannot be read: ${faultCode(error)}` }]);
  }
}

/** Takes each line. */
export interface TakeLine {
  /**
   * @param text Undefined if the line is longer than any should be.
   * @param isCut True for a last line without an end.
   */
  (text: string | undefined, line: number, isCut: boolean): void;
}

/**
 * Reads a log line by line; of what it is read from, one chunk and one line are in memory at a time.
 *
 * @param pause Awaited after each chunk.
 * @returns What is wrong if it could not be read to its end.
 */
export async function readLines(
  { file, beginning, rest }: OpenLog,
  take: TakeLine,
  pause: () => Promise<void>,
): Promise<readonly Problem[]> {
  const lines = createSplitter(take);
  lines.add(beginning);
  await pause();
  try {
    for await (const chunk of rest) {
      lines.add(chunk);
      await pause();
    }
  } catch (error) {
    return [{ key: file, message: `cannot be read to its end: ${faultCode(error)}` }];
  }
  lines.end();
  return [];
}

const LINE_FEED = 0x0a;

interface Splitter {
  add(chunk: Buffer): void;
  end(): void;
}

/** Splits bytes, for a character may be in two chunks and a line in many. */
function createSplitter(take: TakeLine): Splitter {
  let parts: Buffer[] = [];
  let length = 0;
  let line = 1;
  const keep = (part: Buffer): void => {
    length += part.length;
    // Of a line that is too long nothing is kept but how long it is.
    if (length > LONGEST_LINE) parts = [];
    else if (part.length > 0) parts.push(part);
  };
  const finish = (isCut: boolean): void => {
    const [only, ...more] = parts;
    const whole = more.length === 0 ? only : Buffer.concat(parts);
    take(length > LONGEST_LINE ? undefined : (whole?.toString('utf8') ?? ''), line, isCut);
    parts = [];
    length = 0;
    line += 1;
  };
  return {
    add(chunk) {
      let from = 0;
      for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
        keep(chunk.subarray(from, end));
        finish(false);
        from = end + 1;
      }
      keep(chunk.subarray(from));
    },
    end() {
      if (length > 0) finish(true);
    },
  };
}

/** The time of the first line of a log that has one, to put the files of a rotation in order; undefined if there is none. */
export function firstTime({ beginning }: OpenLog): number | undefined {
  const times = beginning.toString('utf8', 0, PEEK).matchAll(TIME_FIELD);
  return times.map(({ groups }) => parseTime(groups?.['time'] ?? '')).find((time) => time !== undefined);
}

const PEEK = 64 * 1024;

const TIME_FIELD = /"(?:time|stageTimestamp)":"(?<time>[\dTZ:.+-]{20,35})"/gu;
