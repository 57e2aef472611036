import { setTimeout as sleep } from 'node:timers/promises';
import { type Login, logIn } from '../../servers/database-login.ts';
import type { Postgres } from '../../servers/postgres.ts';
import type { Pod } from './stage.ts';

/** What an application does that wants no restart: it reads the file before each connect. This one connects all the time. */
export class Application implements AsyncDisposable {
  /** Every login that was in the file, in that order. */
  readonly used: Login[] = [];
  /** How often the database let it in. */
  connects = 0;
  /** Why it was not let in, each reason once. */
  readonly refused = new Set<string>();
  readonly #pod: Pod;
  readonly #file: string;
  readonly #postgres: Postgres;
  readonly #closing = new AbortController();
  readonly #work: Promise<void[]>;

  /** @param file A template's file whose text is the secret's data as JSON. */
  constructor(pod: Pod, file: string, postgres: Postgres) {
    this.#pod = pod;
    this.#file = file;
    this.#postgres = postgres;
    this.#work = Promise.all([this.#run(), this.#run()]);
  }

  async #run(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      await this.#connect();
      await sleep(5);
    }
  }

  async #connect(): Promise<void> {
    try {
      const login = JSON.parse(await this.#pod.read(this.#file)) as Login;
      await this.#enter(login);
      if (this.used.some(({ username }) => username === login.username)) return;
      const before = this.used.at(-1);
      this.used.push(login);
      // Whoever read the file a moment ago is still on the way to the database.
      if (before !== undefined) await this.#enter(before);
    } catch (error) {
      this.refused.add(String(error));
    }
  }

  async #enter(login: Login): Promise<void> {
    const user = await logIn(this.#postgres, login);
    if (user !== login.username) throw new Error(`${login.username} was let in as ${user}`);
    this.connects += 1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#work;
  }
}
