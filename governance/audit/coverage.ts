/** A stretch of time in milliseconds since 1970, both ends within. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** What is known of when a log says anything. */
export interface Coverage {
  /** A line says something about this moment. */
  add(at: number): void;
  /** From the first line to the last; undefined if there was none. */
  whole(): Stretch | undefined;
  /** Silences that are longer than the longest that is normal, the first one first. */
  holes(): readonly Stretch[];
}

/** Forged times could make a silence of every line; beyond so many the oldest are forgotten. */
const MOST_STRETCHES = 10_000;

/**
 * Finds the silences in a log, in whatever order its files are given: those of several API servers are one log, and so are those
 * that a rotation left.
 */
export function createCoverage(longestSilenceMs: number): Coverage {
  const stretches: Stretch[] = [];
  return {
    add(at) {
      const last = stretches.at(-1);
      if (last !== undefined && at >= last.from && at <= last.to) return;
      const index = stretches.findLastIndex(({ from }) => from <= at) + 1;
      insert(stretches, index, at, longestSilenceMs);
      if (stretches.length > MOST_STRETCHES) stretches.shift();
    },
    whole() {
      const [first, last] = [stretches[0], stretches.at(-1)];
      return first && last && { from: first.from, to: last.to };
    },
    holes: () =>
      stretches.slice(1).map(({ from }, index) => ({ from: stretches[index]?.to ?? from, to: from })),
  };
}

/** Puts a moment between the stretches before and after, or into either, or makes them one. */
function insert(stretches: Stretch[], index: number, at: number, longestSilenceMs: number): void {
  const before = stretches[index - 1];
  const after = stretches[index];
  const joinsBefore = before !== undefined && at - before.to <= longestSilenceMs;
  const joinsAfter = after !== undefined && after.from - at <= longestSilenceMs;
  const from = joinsBefore ? before.from : at;
  const to = joinsAfter ? after.to : Math.max(at, joinsBefore ? before.to : at);
  const begin = joinsBefore ? index - 1 : index;
  stretches.splice(begin, (joinsBefore ? 1 : 0) + (joinsAfter ? 1 : 0), { from, to });
}
