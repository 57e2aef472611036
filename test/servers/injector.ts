import { once } from 'node:events';
import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import type { ServerCertificate } from '../../deploy/kubernetes/certificate.ts';
import { loopbackCertificate, writeSecretVolume } from './certificate.ts';
import { eventually, PATIENCE_MS } from './eventually.ts';
import { freePort } from './port.ts';

const MAIN = fileURLToPath(new URL('../../injector/main.ts', import.meta.url));
/** Neither root nor anybody of this machine. */
const USER = 65_532;
const UNPRIVILEGED = ['setpriv', `--reuid=${USER}`, `--regid=${USER}`, '--clear-groups', '--no-new-privs'];
/** A server that takes longer is not alive. */
const ANSWER_MS = 10_000;

/** The injector as its image runs it, bundled and not as root, on loopback. */
export class Injector implements AsyncDisposable {
  readonly port: number;
  readonly adminPort: number;
  readonly certificate: ServerCertificate;
  /** A Secret volume as the kubelet makes it. */
  readonly certificateDirectory: string;
  readonly #directory: string;
  readonly #environment: NodeJS.ProcessEnv;
  #process: ChildProcess | undefined;
  #output = '';

  private constructor(place: Place, environment: NodeJS.ProcessEnv) {
    this.port = place.port;
    this.adminPort = place.adminPort;
    this.certificate = place.certificate;
    this.certificateDirectory = join(place.directory, 'tls');
    this.#directory = place.directory;
    this.#environment = {
      // Unless it is told of an API server.
      ...(environment['SIDEKEY_KUBERNETES_ADDRESS'] === undefined ? { SIDEKEY_STANDALONE: 'true' } : {}),
      SIDEKEY_LISTEN: `127.0.0.1:${place.port}`,
      SIDEKEY_ADMIN_PORT: String(place.adminPort),
      SIDEKEY_TLS_CERT_FILE: join(this.certificateDirectory, 'tls.crt'),
      SIDEKEY_TLS_KEY_FILE: join(this.certificateDirectory, 'tls.key'),
      SIDEKEY_AGENT_IMAGE: 'sidekey/agent:test',
      SIDEKEY_VAULT_ADDRESS: 'https://vault.vault:8200',
      SIDEKEY_DRAIN_DELAY: '0',
      ...environment,
    };
  }

  /** Bundles the injector and makes its certificate; nothing runs yet. */
  static async prepare(environment: NodeJS.ProcessEnv = {}): Promise<Injector> {
    const directory = await mkdtemp(join(tmpdir(), 'sidekey-injector-'));
    await chmod(directory, 0o755);
    const bundle = await rolldown({ input: MAIN, platform: 'node' });
    await bundle.write({ file: join(directory, 'injector.mjs'), format: 'esm', codeSplitting: false });
    // Where this checkout lies, that user may not be able to look.
    await copyFile(process.execPath, join(directory, 'node'));
    const certificate = await loopbackCertificate();
    const [port, adminPort] = [await freePort(), await freePort()];
    return new Injector({ directory, certificate, port, adminPort }, environment);
  }

  get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  /** Everything it has printed so far, of all its processes. */
  get output(): string {
    return this.#output;
  }

  async writeCertificate(certificate = this.certificate): Promise<void> {
    await mkdir(this.certificateDirectory, { recursive: true });
    await writeSecretVolume(this.certificateDirectory, certificate);
  }

  /** Starts the process, ready or not. */
  launch(): void {
    const command = [join(this.#directory, 'node'), join(this.#directory, 'injector.mjs')];
    const [file = '', ...args] = process.getuid?.() === 0 ? [...UNPRIVILEGED, ...command] : command;
    this.#process = spawn(file, args, { env: { PATH: process.env['PATH'], ...this.#environment } });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
      });
    }
  }

  /** Starts the process and waits until it says that it is ready. */
  async start(): Promise<void> {
    this.launch();
    await eventually('the injector ready', PATIENCE_MS, async () => {
      const { status, body } = await this.ask('/readyz');
      if (status !== 200) throw new Error(body);
    }).catch((error: unknown) => {
      throw new Error(`Cannot start the injector. It said:\n${this.#output}`, { cause: error });
    });
  }

  /** GET on the admin port, over a connection of its own, as the kubelet does. */
  async ask(path: string): Promise<{ readonly status: number; readonly body: string }> {
    const response = await fetch(`http://127.0.0.1:${this.adminPort}${path}`, {
      headers: { connection: 'close' },
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    return { status: response.status, body: await response.text() };
  }

  /** The value of one series, as `/metrics` has it. */
  async metric(series: string): Promise<number> {
    const { body } = await this.ask('/metrics');
    const line = body.split('\n').find((candidate) => candidate.startsWith(`${series} `));
    return Number(line?.slice(series.length + 1));
  }

  /** Waits for the exit code of a process that ends by itself. */
  async ended(): Promise<number | null> {
    const child = this.#process;
    if (child !== undefined && isAlive(child)) await once(child, 'exit');
    return child?.exitCode ?? null;
  }

  /** Sends SIGTERM and waits for the exit code. */
  async stop(): Promise<number | null> {
    const child = this.#process;
    if (child === undefined) return null;
    this.#process = undefined;
    if (!isAlive(child)) return child.exitCode;
    const ended = new Promise<number | null>((resolve) => {
      child.once('exit', (code) => resolve(code));
    });
    child.kill('SIGTERM');
    return await ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

const isAlive = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode === null && signalCode === null;

interface Place {
  readonly directory: string;
  readonly certificate: ServerCertificate;
  readonly port: number;
  readonly adminPort: number;
}
