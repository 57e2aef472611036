import type { ChildProcess } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AuditEntry, readAudit } from './audit.ts';
import { findOpenBao, type OpenBaoBinary } from './openbao-binary.ts';
import { type Api, type ApiClient, createApiClient, field } from './openbao-api.ts';
import { end, launch, type Place, prepare } from './openbao-process.ts';

/** A loaded machine is slow. */
const START_MS = 120_000;

export { type Api } from './openbao-api.ts';

export interface OpenBaoOptions {
  /** `memory` (default) starts in 0.2 s and forgets all when halted; `disk` (raft, 3 s) keeps it for `restart`. */
  readonly storage?: 'memory' | 'disk';
  /** Serve HTTPS with a certificate of an authority made for this server; `caPem` is then set. */
  readonly tls?: boolean;
  /** Serve inside another network, where this process itself reaches it by a Unix socket. */
  readonly network?: Network;
}

/** A network of the machine's kernel that is not this process's own. */
export interface Network {
  /** The address to listen on there. */
  readonly address: string;
  /** A command, made to run there. */
  enter(command: readonly string[]): readonly [string, ...string[]];
}

/** A real OpenBao on loopback, initialised, unsealed, with KV v2 at `secret/`. */
export interface OpenBaoServer extends AsyncDisposable {
  readonly address: string;
  readonly rootToken: string;
  readonly caPem: string | undefined;
  /** Which OpenBao this is, for people. */
  readonly how: string;
  /** Where the server's output went. */
  readonly logFile: string;
  /** Where its audit log is. */
  readonly auditFile: string;
  /** One request with the root token, `path` without `/v1/`; a string body is sent as it is; undefined for 204. Throws on a status ≥ 400. */
  readonly api: Api;
  audit(): Promise<readonly AuditEntry[]>;
  seal(): Promise<void>;
  unseal(): Promise<void>;
  /** Ends the process; the port refuses connections until `restart`. */
  halt(): Promise<void>;
  /** Ends the process if it runs and starts it again on the same port, unsealed. With `memory` storage all is lost: refused. */
  restart(options?: { readonly sealed?: boolean }): Promise<void>;
  /** Ends the process and removes its files. */
  stop(): Promise<void>;
}

/**
 * Starts OpenBao. It dies with the calling process, and its files lie in a directory of their own.
 *
 * @throws {Error} If there is no OpenBao on this machine or it does not start; the message holds its last words.
 */
export async function startOpenBao(options: OpenBaoOptions = {}): Promise<OpenBaoServer> {
  const { storage = 'memory', tls = false, network } = options;
  const binary = within(await findOpenBao(), network);
  const place = await prepare(binary, { storage, tls });
  const client = createApiClient(place, network !== undefined);
  const server = new Server(binary, place, client);
  try {
    await server.start();
    await server.initialise();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    address: place.address,
    rootToken: client.rootToken,
    caPem: place.caPem,
    how: binary.how,
    logFile: place.logFile,
    auditFile: place.auditFile,
    api: client.call,
    audit: () => readAudit(place.auditFile),
    seal: async () => void (await client.call('PUT', 'sys/seal')),
    unseal: () => server.unseal(),
    halt: () => server.halt(),
    async restart({ sealed = false } = {}) {
      if (storage === 'memory')
        throw new Error('Cannot restart OpenBao: it was started with storage "memory"');
      await server.halt();
      await server.start();
      if (!sealed) await server.unseal();
    },
    stop: () => server.stop(),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

/** The process and the key that unseals it. */
class Server {
  readonly #binary: OpenBaoBinary;
  readonly #place: Place;
  readonly #client: ApiClient;
  #process: ChildProcess | undefined;
  #unsealKey = '';

  constructor(binary: OpenBaoBinary, place: Place, client: ApiClient) {
    this.#binary = binary;
    this.#place = place;
    this.#client = client;
  }

  async start(): Promise<void> {
    this.#process = await launch(this.#binary, this.#place);
    await this.#until('answers', 'sys/seal-status');
  }

  /** Makes the keys, unseals, and mounts KV v2 at `secret/`. */
  async initialise(): Promise<void> {
    const { call } = this.#client;
    const init = await call('PUT', 'sys/init', { secret_shares: 1, secret_threshold: 1 });
    this.#unsealKey = String(field(init, 'keys_base64', 0));
    await this.unseal();
    this.#client.rootToken = String(field(init, 'root_token'));
    await call('POST', 'sys/mounts/secret', { type: 'kv', options: { version: '2' } });
    // A new KV v2 mount answers 400 until its upgrade from nothing has ended.
    await this.#until('serves secret/', 'secret/config');
  }

  async unseal(): Promise<void> {
    await this.#client.call('PUT', 'sys/unseal', { key: this.#unsealKey }, { token: '' });
    await this.#until('is active', 'sys/health');
  }

  async halt(): Promise<void> {
    if (this.#process !== undefined) await end(this.#process);
  }

  async stop(): Promise<void> {
    await this.halt();
    await this.#client.close();
    await rm(this.#place.directory, { recursive: true, force: true });
  }

  /** Asks until the answer is a success. */
  async #until(what: string, path: string): Promise<void> {
    const deadline = Date.now() + START_MS;
    for (;;) {
      const problem = await this.#client.call('GET', path).then(
        () => undefined,
        (error: unknown) => String(error),
      );
      if (problem === undefined) return;
      if (this.#process?.exitCode !== null || Date.now() > deadline)
        throw new Error(`Cannot start OpenBao: it never ${what}: ${problem}\n${await this.#lastWords()}`);
      await sleep(20);
    }
  }

  async #lastWords(): Promise<string> {
    return (await readFile(this.#place.logFile, 'utf8')).slice(-2000);
  }
}

/** The same OpenBao, run on another network. */
function within(binary: OpenBaoBinary, network: Network | undefined): OpenBaoBinary {
  if (network === undefined) return binary;
  return {
    how: binary.how,
    bind: network.address,
    command: (directory, port, args) => network.enter(binary.command(directory, port, args)),
  };
}
