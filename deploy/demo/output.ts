import type { ChildProcess } from 'node:child_process';

/** Characters that are kept, enough to explain the end of a process. */
const KEPT = 4000;

/** What a process prints, on standard output and standard error. */
export class Output {
  #text = '';
  readonly #readers = new Set<() => void>();

  constructor(child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => this.#add(text));
    }
  }

  /** Its end, without the last line break. */
  get tail(): string {
    return this.#text.trimEnd();
  }

  /**
   * Waits for a whole line that matches.
   *
   * @returns The first group of the pattern, else all that matched.
   * @throws {unknown} The signal's reason.
   */
  async line(pattern: RegExp, signal: AbortSignal): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const read = (): void => {
      const match = pattern.exec(this.#text.slice(0, this.#text.lastIndexOf('\n') + 1));
      if (match !== null) resolve(match[1] ?? match[0]);
    };
    const abort = (): void => reject(signal.reason as Error);
    this.#readers.add(read);
    signal.addEventListener('abort', abort, { once: true });
    try {
      signal.throwIfAborted();
      read();
      return await promise;
    } finally {
      this.#readers.delete(read);
      signal.removeEventListener('abort', abort);
    }
  }

  #add(text: string): void {
    this.#text = `${this.#text}${text}`.slice(-KEPT);
    for (const read of this.#readers) read();
  }
}
