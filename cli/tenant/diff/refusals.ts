import type { Destination, Unanswered } from '../../../governance/diff/drift.ts';

/** What one cluster or store did not answer. */
export interface Refusals {
  /** Notes what was not answered; of those with one key, one is told and the others are counted. */
  note(key: string, message: string): void;
  /** Notes that nothing more will be answered. Those that were on their way say nothing new. */
  fallSilent(message: string): void;
  isSilent(): boolean;
  /** What was noted, in an order of its own: answers come in any. */
  all(): readonly Unanswered[];
}

export function createRefusals(destination: Destination): Refusals {
  const noted = new Map<string, readonly string[]>();
  let silent = false;
  const note = (key: string, message: string): void => {
    noted.set(key, [...(noted.get(key) ?? []), message].toSorted());
  };
  return {
    note: (key, message) => (silent ? undefined : note(key, message)),
    fallSilent(message) {
      if (!silent) note('', message);
      silent = true;
    },
    isSilent: () => silent,
    all: () =>
      [...noted.values()]
        .map(([first = '', ...others]) =>
          others.length === 0 ? first : `${first}; and ${others.length} more of this kind`,
        )
        .toSorted()
        .map((message) => ({ destination, message })),
  };
}
