import type { Secret } from '../secret.ts';

/** Where a file stands among those that applications see. */
export interface FilePlace {
  /** The directory that is swapped as one; absolute. */
  readonly volume: string;
  /** Below the volume, contained. */
  readonly path: string;
}

/** A file that a template writes beside its own. */
export interface WrittenFile extends FilePlace {
  /** Permission bits. */
  readonly mode: number;
  readonly content: Secret<string>;
  /** Goes after what the templates have written there already, rather than in its place. */
  readonly appends: boolean;
}

/** What a template can do with files. Every method throws `Fault` with the reason if it cannot. */
export interface TemplateFiles {
  /** What is in a file, bytes that are not UTF-8 escaped; undefined if it is made by a template that waits for a secret. */
  read(path: string): string | undefined;
  /** Where a file may be written. */
  place(path: string): FilePlace;
}
