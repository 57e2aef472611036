/** What a contender is to do: the same work for all of them. */
export interface Task {
  /** Leave after the first render, or stay. */
  readonly mode: 'init' | 'run';
  /** How many of the world's secrets to render, one file each. */
  readonly secrets: number;
  readonly pollMs: number;
}

/** A contender set up for a task in a directory of its own. */
export interface Prepared {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The files it is to render, in the order of the secrets. */
  readonly files: readonly string[];
  /** Where it says that it is ready, if it does. */
  readonly readyUrl?: string;
}

/** A program that fetches secrets. */
export interface Contender {
  readonly name: string;
  prepare(task: Task, directory: string): Promise<Prepared>;
}

/** Nothing is inherited: an NODE_EXTRA_CA_CERTS of the machine would cost Node 15 ms at each start. */
export const ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/nonexistent' } as const;
