/** What a command has of the process that it runs in. */
export interface Io {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether a person looks on, and sees colours. */
  readonly coloured: boolean;
  /** How wide the terminal is that it is printed to; absent if there is none. */
  readonly columns?: number;
  /** Milliseconds since 1970. */
  now(): number;
  /** What was asked for, in the end for another program. */
  print(text: string): void;
  /** Waits until whoever reads what was printed keeps up, so that much of it does not fill the memory. */
  printed(): Promise<void>;
  /** What a person has to know beside it. */
  tell(text: string): void;
}

/** What a command ends with. */
export const EXIT = {
  done: 0,
  /** It did what it was asked to, and what it looked at is not as it should be. */
  refused: 1,
  /** The command line is wrong, or what it names cannot be read. */
  badInput: 2,
  /** A cluster or store did not answer, or refused to. */
  unanswered: 3,
} as const;

export type Exit = (typeof EXIT)[keyof typeof EXIT];

/** Does what the words behind a command's name ask for. */
export type Run = (args: readonly string[], io: Io) => Promise<Exit>;
