/** Puts lines together from chunks that end anywhere, in the middle of a character too. */
export interface Lines {
  /** The lines that a chunk completes, without their ends. */
  push(chunk: Buffer): readonly string[];
  /** Bytes of the line that is not complete yet. */
  readonly pending: number;
}

const NEWLINE = 0x0a;

export function createLines(): Lines {
  let parts: Buffer[] = [];
  let pending = 0;

  function complete(last: Buffer): string {
    const line = Buffer.concat([...parts, last], pending + last.length).toString('utf8');
    parts = [];
    pending = 0;
    return line;
  }

  return {
    push(chunk) {
      const lines: string[] = [];
      let start = 0;
      for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
        lines.push(complete(chunk.subarray(start, end)));
        start = end + 1;
      }
      if (start < chunk.length) parts.push(chunk.subarray(start));
      pending += chunk.length - start;
      return lines;
    },
    get pending() {
      return pending;
    },
  };
}
