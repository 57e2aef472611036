import { setTimeout as sleep } from 'node:timers/promises';
import type { Pod } from '../stage.ts';

const PAUSE_MS = 10;

/** An application that reads its file all the time, and a kubelet that asks whether the agent is ready. */
export class Onlooker implements AsyncDisposable {
  /** Every content that differed from the one before, in that order. */
  readonly contents: string[] = [];
  /** Why the file could not be read, after it had been there once; each reason once. */
  readonly unread = new Set<string>();
  /** What the agent answered instead of being ready, after it had been ready once; each answer once. */
  readonly unready = new Set<string>();
  readonly #closing = new AbortController();
  readonly #work: Promise<void[]>;

  constructor(pod: Pod, file: string) {
    let ready = false;
    const look = async (): Promise<void> => {
      try {
        const content = await pod.read(file);
        if (content !== this.contents.at(-1)) this.contents.push(content);
      } catch (error) {
        if (this.contents.length > 0) this.unread.add(String(error));
      }
    };
    const ask = async (): Promise<void> => {
      const { status, body } = await pod.get('/readyz').catch((error: unknown) => ({
        status: 0,
        body: String(error),
      }));
      if (status === 200) ready = true;
      else if (ready) this.unready.add(`${status} ${body}`);
    };
    this.#work = Promise.all([this.#repeat(look, PAUSE_MS), this.#repeat(ask, 10 * PAUSE_MS)]);
  }

  async #repeat(act: () => Promise<void>, pauseMs: number): Promise<void> {
    while (!this.#closing.signal.aborted) {
      await act();
      await sleep(pauseMs);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#work;
  }
}
