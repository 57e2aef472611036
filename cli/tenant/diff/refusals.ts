import type { Destination, Unanswered } from '../../../governance/diff/drift.ts';

/** What one cluster or store did not answer. */
export interface Refusals {
  /** Notes what was not answered; of those with one key, the first is told and the others are counted. */
  note(key: string, message: string): void;
  /** Notes that nothing more will be answered. Those that were on their way say nothing new. */
  fallSilent(message: string): void;
  isSilent(): boolean;
  all(): readonly Unanswered[];
}

export function createRefusals(destination: Destination): Refusals {
  const noted = new Map<string, { readonly message: string; count: number }>();
  let silent = false;
  const note = (key: string, message: string): void => {
    const known = noted.get(key);
    if (known === undefined) noted.set(key, { message, count: 1 });
    else known.count += 1;
  };
  return {
    note: (key, message) => (silent ? undefined : note(key, message)),
    fallSilent(message) {
      if (!silent) note('', message);
      silent = true;
    },
    isSilent: () => silent,
    all: () =>
      [...noted.values()].map(({ message, count }) => ({
        destination,
        message: count === 1 ? message : `${message}; and ${count - 1} more of this kind`,
      })),
  };
}
