import { type ChildProcess, spawn } from 'node:child_process';

export interface Command {
  readonly argv: readonly string[];
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** User and group to run as. */
  readonly uid?: number;
}

/** A process of the demo. */
export interface Member {
  readonly pid: number;
  /** Waits for a line of its standard output that matches; resolves to the first group. */
  line(pattern: RegExp, signal: AbortSignal): Promise<string>;
  stop(): Promise<void>;
}

/** Bytes of a process's output that are kept to explain its end. */
const KEPT_OUTPUT = 4000;

/** How long a process may take to end by itself. */
const GRACE_MS = 5000;

/**
 * The processes of the demo. They stand or fall together: `signal` is aborted as soon as one of them ends unasked, and
 * disposing of the crew ends all of them, the last first.
 */
export class Crew implements AsyncDisposable {
  readonly #broken = new AbortController();
  readonly #stops: (() => Promise<void>)[] = [];

  get signal(): AbortSignal {
    return this.#broken.signal;
  }

  /**
   * Starts a process in a session of its own, so that Ctrl-C in the terminal reaches the demo alone and it ends the others
   * in their order.
   *
   * @throws {Error} If the program cannot be run.
   */
  async start(name: string, { argv, env, uid }: Command): Promise<Member> {
    const [file = '', ...args] = argv;
    const child = spawn(file, args, {
      env,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    await spawned(name, child);
    const output = keepOutput(child);
    let stopping = false;
    const ended = new Promise<void>((resolve) => {
      child.once('exit', (code, signal) => {
        if (!stopping)
          this.#broken.abort(
            new Error(`${name} ended by itself (${signal ?? `exit code ${code}`})${output()}`),
          );
        resolve();
      });
    });
    const stop = async (): Promise<void> => {
      stopping = true;
      await end(child, ended);
    };
    this.#stops.unshift(stop);
    return { pid: child.pid ?? 0, line: (pattern, signal) => matchingLine(child, pattern, signal), stop };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stop of this.#stops.splice(0)) await stop();
  }
}

async function spawned(name: string, child: ChildProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  child.once('spawn', resolve);
  child.once('error', (error) => reject(new Error(`Cannot start ${name}: ${error.message}`)));
  await promise;
}

/** The end of what a process printed, for a message. */
function keepOutput(child: ChildProcess): () => string {
  let kept = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      kept = `${kept}${text}`.slice(-KEPT_OUTPUT);
    });
  }
  return () => (kept === '' ? '' : `\n${kept.trimEnd()}`);
}

async function matchingLine(child: ChildProcess, pattern: RegExp, signal: AbortSignal): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let text = '';
  const read = (chunk: string): void => {
    text += chunk;
    const match = pattern.exec(text);
    if (match !== null) resolve(match[1] ?? match[0]);
  };
  const abort = (): void => reject(signal.reason as Error);
  child.stdout?.on('data', read);
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    return await promise;
  } finally {
    child.stdout?.off('data', read);
    signal.removeEventListener('abort', abort);
  }
}

async function end(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.stdin?.end();
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  await ended;
  clearTimeout(killer);
}
