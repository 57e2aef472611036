import type { Crew } from './crew.ts';
import type { Story } from './story.ts';
import type { Answer } from './verdict.ts';

/** What every step of the demo needs. */
export interface Scene {
  readonly story: Story;
  readonly crew: Crew;
  /** For files that are not secret; removed at the end. */
  readonly directory: string;
  readonly cleanup: AsyncDisposableStack;
  /** Aborted by Ctrl-C, or when a process ends unasked. */
  readonly signal: AbortSignal;
}

/** The running application: where it is, the key it was started with, and what it said then. */
export interface ModelServer {
  readonly url: string;
  readonly key: string;
  readonly answer: Answer;
}

/** What is shown of a key. */
export const masked = (key: string): string => `…${key.slice(-4)}`;
