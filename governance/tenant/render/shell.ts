/** A word that a shell takes as it is, whatever is in it. */
export const shellWord = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** A command and its arguments on one line. */
export const shellLine = (command: string, words: readonly string[]): string =>
  [command, ...words.map(shellWord)].join(' ');
