import type { SavedState } from './saved.ts';

export interface Saver {
  /** Has a state saved, soon; of several that wait only the last is written. */
  save(state: SavedState): void;
  /** Resolves when nothing is being written or waits to be. */
  idle(): Promise<void>;
}

/** Writes states one after another in the background, so that nothing waits for them. `write` is to settle its own faults. */
export function createSaver(write: (state: SavedState) => Promise<void>): Saver {
  let waiting: SavedState | undefined;
  let writing: Promise<void> | undefined;
  const drain = async (): Promise<void> => {
    while (waiting !== undefined) {
      const state = waiting;
      waiting = undefined;
      await write(state);
    }
    writing = undefined;
  };
  return {
    save(state) {
      waiting = state;
      writing ??= drain();
    },
    idle: async () => await writing,
  };
}
