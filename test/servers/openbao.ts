import type { ChildProcess } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { type AuditEntry, readAudit } from './audit.ts';
import { findOpenBao, type OpenBaoBinary } from './openbao-binary.ts';
import { end, launch, prepare } from './openbao-process.ts';

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

export interface ApiOptions {
  /** Default: the root token. */
  readonly token?: string;
  readonly namespace?: string;
}

export type Api = (method: string, path: string, body?: unknown, options?: ApiOptions) => Promise<unknown>;

/** The value at a path of keys (or indices) in an answer, such as `field(body, 'auth', 'client_token')`; undefined if not there. */
export function field(body: unknown, ...path: readonly (string | number)[]): unknown {
  let value = body;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
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
export async function startOpenBao({
  storage = 'memory',
  tls = false,
  network,
}: OpenBaoOptions = {}): Promise<OpenBaoServer> {
  const binary = within(await findOpenBao(), network);
  const place = await prepare(binary, { storage, tls });
  const dispatcher = new Agent({
    connect: {
      ...(place.caPem === undefined ? {} : { ca: place.caPem }),
      ...(network === undefined ? {} : { socketPath: place.socket }),
    },
  });
  let server = await launch(binary, place);
  let rootToken = '';
  const api: Api = (method, path, body, options) => call(method, path, body, options);

  async function call(
    method: string,
    path: string,
    body?: unknown,
    options: ApiOptions = {},
  ): Promise<unknown> {
    const { namespace, token = rootToken } = options;
    const response = await request(`${place.address}/v1/${path}`, {
      method: method as 'GET',
      dispatcher,
      headers: {
        ...(token === '' ? {} : { 'x-vault-token': token }),
        ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.body.text();
    if (response.statusCode >= 400) throw new Error(`${method} ${path}: ${response.statusCode} ${text}`);
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  }

  async function answering(): Promise<void> {
    await until('answers', server, () => call('GET', 'sys/seal-status', undefined, { token: '' }));
  }

  async function unseal(): Promise<void> {
    await call('PUT', 'sys/unseal', { key: unsealKey }, { token: '' });
    await until('is active', server, () => call('GET', 'sys/health', undefined, { token: '' }));
  }

  async function stop(): Promise<void> {
    await end(server);
    await dispatcher.destroy();
    await rm(place.directory, { recursive: true, force: true });
  }

  let unsealKey = '';
  try {
    await answering();
    const init = await call('PUT', 'sys/init', { secret_shares: 1, secret_threshold: 1 });
    unsealKey = String(field(init, 'keys_base64', 0));
    await unseal();
    rootToken = String(field(init, 'root_token'));
    await call('POST', 'sys/mounts/secret', { type: 'kv', options: { version: '2' } });
    // A new KV v2 mount answers 400 until its upgrade from nothing has ended.
    await until('serves secret/', server, () => call('GET', 'secret/config'));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    address: place.address,
    rootToken,
    caPem: place.caPem,
    how: binary.how,
    logFile: place.logFile,
    api,
    audit: () => readAudit(place.auditFile),
    seal: async () => void (await call('PUT', 'sys/seal')),
    unseal,
    halt: () => end(server),
    async restart({ sealed = false } = {}) {
      if (storage === 'memory')
        throw new Error('Cannot restart OpenBao: it was started with storage "memory"');
      await end(server);
      server = await launch(binary, place);
      await answering();
      if (!sealed) await unseal();
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
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

/** Tries until an attempt succeeds. */
async function until(what: string, server: ChildProcess, attempt: () => Promise<unknown>): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const problem = await attempt().then(
      () => undefined,
      (error: unknown) => String(error),
    );
    if (problem === undefined) return;
    if (server.exitCode !== null || Date.now() > deadline)
      throw new Error(`Cannot start OpenBao: it never ${what}: ${problem}`);
    await sleep(20);
  }
}
