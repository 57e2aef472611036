import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { appendFile, chmod, chown, mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { eventually } from './eventually.ts';
import type { Network } from './openbao.ts';
import { freePort } from './port.ts';
import { copyPostgres } from './postgres-binaries.ts';

/** A real PostgreSQL that lets nobody in without a password. */
export interface Postgres extends AsyncDisposable {
  /** Of the superuser, with the password. */
  readonly url: string;
  /** Where the server's output went: among it, whom it did not let in. */
  readonly logFile: string;
  /** Rows of a statement, run as the superuser. */
  query<Row extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** Ends the server and removes its files. */
  stop(): Promise<void>;
}

const START_MS = 120_000;

/** PostgreSQL refuses root, and users that have no name; this one has one everywhere. */
const NOBODY = 65_534;
const AS_NOBODY = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--no-new-privs'];
const isRoot = process.getuid?.() === 0;

/** Its data need not outlive it. */
const SETTINGS = { fsync: 'off' };

export interface PostgresOptions {
  /** Serve inside another network, where this process itself reaches it by a Unix socket; on loopback else. */
  readonly network?: Network;
}

const LOOPBACK: Network = {
  address: '127.0.0.1',
  enter: ([file = '', ...args]) => [file, ...args],
};

/**
 * Starts PostgreSQL, new and empty. It dies with the calling process.
 *
 * @throws {Error} If it does not start; the message holds its last words.
 */
export async function startPostgres({ network }: PostgresOptions = {}): Promise<Postgres> {
  const directory = await mkdtemp(join(tmpdir(), 'sidekey-postgres-'));
  const server = new Server(directory, await freePort(), network);
  try {
    await server.start();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    url: server.url,
    logFile: server.log,
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
  readonly #network: Network;
  readonly #password = randomUUID();
  #process: ChildProcess | undefined;

  constructor(directory: string, port: number, elsewhere: Network | undefined) {
    this.#directory = directory;
    this.#port = port;
    this.#network = elsewhere ?? LOOPBACK;
    this.url = `postgresql://postgres:${this.#password}@${this.#network.address}:${port}/postgres`;
    const host = elsewhere ? this.#sockets : this.#network.address;
    const login = { user: 'postgres', password: this.#password, database: 'postgres' };
    this.pool = new pg.Pool({ host, port, ...login, max: 2 });
    // An idle connection ends with the server.
    this.pool.on('error', () => undefined);
  }

  async start(): Promise<void> {
    const programs = await this.#prepare();
    this.#process = await this.#launch(join(programs, 'postgres'));
    try {
      await eventually('PostgreSQL', START_MS, () => this.pool.query('SELECT 1'));
    } catch (error) {
      const words = (await readFile(this.log, 'utf8')).slice(-2000);
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

  get log(): string {
    return join(this.#directory, 'log');
  }

  get #sockets(): string {
    return join(this.#directory, 'sockets');
  }

  /** Makes the data directory. */
  async #prepare(): Promise<string> {
    await chmod(this.#directory, 0o755);
    const programs = await copyPostgres(join(this.#directory, 'postgres'));
    const passwordFile = join(this.#directory, 'password');
    await writeFile(passwordFile, this.#password, { mode: 0o600 });
    const owned = [this.#data, this.#sockets];
    for (const path of owned) await mkdir(path);
    if (isRoot) for (const path of [...owned, passwordFile]) await chown(path, NOBODY, NOBODY);
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
    const everybody = 'host all all samenet scram-sha-256\n';
    await appendFile(join(this.#data, 'pg_hba.conf'), everybody);
    return programs;
  }

  async #launch(program: string): Promise<ChildProcess> {
    const places = { listen_addresses: this.#network.address, unix_socket_directories: this.#sockets };
    const settings = Object.entries({ ...SETTINGS, ...places }).map(([name, value]) => `--${name}=${value}`);
    const command = unprivileged([program, '-D', this.#data, '-p', String(this.#port), ...settings]);
    const [file, ...args] = this.#network.enter(command);
    const log = await open(this.log, 'a');
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
