import type { Emit, RowOf } from '../row.ts';

/** When something happened. */
export interface Moment {
  readonly at: number;
  /** As the log has it. */
  readonly time: string;
}

/** The sections that count. */
type Counted = 'denial' | 'breakGlass';

/** Counts what happens again and again, such as a pod that asks every 30 seconds for what it may not have. */
export interface Tally<S extends Counted> {
  /** Once more. What makes it the same is the key; the cells are those of the first time. */
  add(key: string, moment: Moment, cells: () => RowOf<S>): void;
  finish(emit: Emit): void;
  /** How often something happened for which there was no room any more. */
  overflow(): number;
}

/** Somebody who asks for a million paths is not to fill the memory. */
const MOST_KINDS = 10_000;

interface Entry<S extends Counted> {
  readonly cells: RowOf<S>;
  first: Moment;
  last: Moment;
  count: number;
}

export function createTally<S extends Counted>(section: S): Tally<S> {
  const entries = new Map<string, Entry<S>>();
  let overflow = 0;
  return {
    add(key, moment, cells) {
      const entry = entries.get(key);
      if (entry !== undefined) {
        entry.count += 1;
        if (moment.at < entry.first.at) entry.first = moment;
        if (moment.at >= entry.last.at) entry.last = moment;
      } else if (entries.size < MOST_KINDS)
        entries.set(key, { cells: cells(), first: moment, last: moment, count: 1 });
      else overflow += 1;
    },
    finish(emit) {
      for (const { cells, first, last, count } of entries.values())
        emit(section, { ...cells, first: first.time, last: last.time, count });
    },
    overflow: () => overflow,
  };
}
