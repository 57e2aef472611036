import { type ChildProcess, spawn } from 'node:child_process';
import { Output } from './output.ts';

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
  readonly output: Output;
}

/** How long a process may take to end when asked. */
const GRACE_MS = 5000;

/**
 * The processes of the demo. They stand or fall together: `signal` is aborted as soon as one of them ends unasked, and
 * disposing of the crew ends all of them, the last first.
 */
export class Crew implements AsyncDisposable {
  readonly #broken = new AbortController();
  readonly #stops: (() => Promise<void>)[] = [];
  readonly #graceMs: number;

  constructor(graceMs = GRACE_MS) {
    this.#graceMs = graceMs;
  }

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
    const output = new Output(child);
    let stopping = false;
    const ended = new Promise<void>((resolve) => {
      child.once('close', (code, signal) => {
        if (!stopping) this.#break(`${name} ended by itself (${signal ?? `exit code ${code}`})`, output);
        resolve();
      });
    });
    // Should this process end without disposing of the crew, as after an uncaught exception.
    const kill = (): void => void child.kill('SIGKILL');
    process.once('exit', kill);
    this.#stops.unshift(async () => {
      stopping = true;
      await end(child, ended, this.#graceMs);
      process.off('exit', kill);
    });
    return { pid: child.pid ?? 0, output };
  }

  #break(what: string, { tail }: Output): void {
    this.#broken.abort(new Error(tail === '' ? what : `${what}\n${tail}`));
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

async function end(child: ChildProcess, ended: Promise<void>, graceMs: number): Promise<void> {
  child.stdin?.end();
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await ended;
  clearTimeout(killer);
}
