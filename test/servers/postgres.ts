import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { eventually } from './eventually.ts';
import { freePort } from './port.ts';
import { copyPostgres } from './postgres-binaries.ts';

/** A real PostgreSQL on loopback that lets nobody in without a password. */
export interface Postgres extends AsyncDisposable {
  /** Of the superuser, with the password. */
  readonly url: string;
  /** Rows of a statement, run as the superuser. */
  query<Row extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** Ends the server and removes its files. */
  stop(): Promise<void>;
}

const START_MS = 30_000;

/** PostgreSQL refuses root, and users that have no name; this one has one everywhere. */
const NOBODY = 65_534;
const AS_NOBODY = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--no-new-privs'];
const isRoot = process.getuid?.() === 0;

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  // Its data need not outlive it.
  fsync: 'off',
};

/**
 * Starts PostgreSQL, new and empty. It dies with the calling process.
 *
 * @throws {Error} If it does not start; the message holds its last words.
 */
export async function startPostgres(): Promise<Postgres> {
  const directory = await mkdtemp(join(tmpdir(), 'sidekey-postgres-'));
  const server = new Server(directory, await freePort());
  try {
    await server.start();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    url: server.url,
    async query<Row extends pg.QueryResultRow>(sql: string, values: readonly unknown[] = []) {
      return (await server.pool.query<Row>(sql, [...values])).rows;
    },
    stop: () => server.stop(),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

class Server {
  readonly url: string;
  readonly pool: pg.Pool;
  readonly #directory: string;
  readonly #port: number;
  readonly #password = randomUUID();
  #process: ChildProcess | undefined;

  constructor(directory: string, port: number) {
    this.#directory = directory;
    this.#port = port;
    this.url = `postgresql://postgres:${this.#password}@127.0.0.1:${port}/postgres`;
    this.pool = new pg.Pool({ connectionString: this.url, max: 2 });
    // An idle connection ends with the server.
    this.pool.on('error', () => undefined);
  }

  async start(): Promise<void> {
    const programs = await this.#prepare();
    this.#process = await this.#launch(join(programs, 'postgres'));
    try {
      await eventually('PostgreSQL', START_MS, () => this.pool.query('SELECT 1'));
    } catch (error) {
      const words = (await readFile(this.#log, 'utf8')).slice(-2000);
      throw new Error(`Cannot start PostgreSQL:\n${words}`, { cause: error });
    }
  }

  async stop(): Promise<void> {
    await this.pool.end();
    const child = this.#process;
    if (child?.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      // SIGTERM would wait for the clients to leave.
      child.kill('SIGINT');
      await ended;
    }
    await rm(this.#directory, { recursive: true, force: true });
  }

  get #data(): string {
    return join(this.#directory, 'data');
  }

  get #log(): string {
    return join(this.#directory, 'log');
  }

  /** Makes the data directory. */
  async #prepare(): Promise<string> {
    await chmod(this.#directory, 0o755);
    const programs = await copyPostgres(join(this.#directory, 'postgres'));
    const passwordFile = join(this.#directory, 'password');
    await writeFile(passwordFile, this.#password, { mode: 0o600 });
    await mkdir(this.#data);
    if (isRoot) for (const path of [this.#data, passwordFile]) await chown(path, NOBODY, NOBODY);
    const login = ['--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
    const flags = [
      `--pgdata=${this.#data}`,
      '--locale=C',
      '--encoding=UTF8',
      '--no-sync',
      '--no-instructions',
    ];
    const [file, ...args] = unprivileged([join(programs, 'initdb'), ...login, ...flags]);
    await promisify(execFile)(file, args);
    return programs;
  }

  async #launch(program: string): Promise<ChildProcess> {
    const settings = Object.entries(SETTINGS).map(([name, value]) => `--${name}=${value}`);
    const [file, ...args] = unprivileged([program, '-D', this.#data, '-p', String(this.#port), ...settings]);
    const log = await open(this.#log, 'a');
    const child = spawn(file, args, { stdio: ['ignore', log.fd, log.fd] });
    await log.close();
    const cleanUp = (): void => {
      child.kill('SIGQUIT');
      rmSync(this.#directory, { recursive: true, force: true });
    };
    process.once('exit', cleanUp);
    child.once('exit', () => process.off('exit', cleanUp));
    return child;
  }
}

/** A command as a user that PostgreSQL accepts, ended by the kernel if this process is killed and cannot. */
function unprivileged(command: readonly string[]): [string, ...string[]] {
  return ['setpriv', ...(isRoot ? AS_NOBODY : []), '--pdeathsig', 'QUIT', ...command];
}
