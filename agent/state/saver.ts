import type { SavedState } from './saved.ts';

export interface Saver {
  /** Has a state saved before anything else can happen: of several in one turn only the last is made and written. */
  save(make: () => SavedState): void;
}

/**
 * Saves at the end of the turn, so that whoever is told that the agent is ready finds a state saved. `write` is to settle its
 * own faults.
 */
export function createSaver(write: (state: SavedState) => void): Saver {
  let waiting: (() => SavedState) | undefined;
  const flush = (): void => {
    const make = waiting;
    waiting = undefined;
    if (make) write(make());
  };
  return {
    save(make) {
      if (waiting === undefined) queueMicrotask(flush);
      waiting = make;
    },
  };
}
