import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Finished, execute } from '../run/command.ts';

/** A Docker engine that answers. */
export interface Docker {
  /** What `DOCKER_HOST` must say, or undefined for the machine's default. */
  readonly host: string | undefined;
  /** How it was come by, for people. */
  readonly origin: string;
  /**
   * Runs the docker command line; what it printed.
   *
   * @throws {Error} With that, if it failed.
   */
  docker(...args: readonly string[]): Promise<string>;
  /** The same for another command, whatever its exit code. */
  attempt(command: readonly string[], timeoutMs?: number): Promise<Finished>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** No rule and no bridge of its own on the machine: a compose project makes its own network, a lone container gets none. */
const MODEST = ['--iptables=false', '--bridge=none'];
const START_TIMEOUT_MS = 120_000;
const COMMAND_TIMEOUT_MS = 10 * 60_000;

function connect(host: string | undefined, origin: string, stop: () => Promise<void>): Docker {
  // BuildKit is left out of Debian's engine; images must build with and without it.
  const environment = { DOCKER_BUILDKIT: '0', ...(host === undefined ? {} : { DOCKER_HOST: host }) };
  const attempt = (command: readonly string[], timeoutMs = COMMAND_TIMEOUT_MS): Promise<Finished> =>
    execute(command, { environment, timeoutMs });
  return {
    host,
    origin,
    attempt,
    async docker(...args) {
      const { code, output } = await attempt(['docker', ...args]);
      if (code !== 0) throw new Error(`Cannot run docker ${args.join(' ')}: exit code ${code}\n${output}`);
      return output;
    },
    [Symbol.asyncDispose]: stop,
  };
}

const answers = async (docker: Docker): Promise<boolean> =>
  (await docker.attempt(['docker', 'version', '--format', '{{.Server.Version}}'])).code === 0;

/** SIGTERM has dockerd stop its containers and its containerd first. */
async function stopDaemon(daemon: ChildProcess, directory: string): Promise<void> {
  if (daemon.exitCode === null && daemon.signalCode === null) {
    const exited = new Promise((resolve) => daemon.once('exit', resolve));
    daemon.kill('SIGTERM');
    await exited;
  }
  await rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}

async function startDaemon(): Promise<Docker> {
  // A short path: sockets inside it may have at most 107 characters.
  const directory = await mkdtemp(join(tmpdir(), 'sk-docker-'));
  const host = `unix://${directory}/docker.sock`;
  const places = ['--data-root', `${directory}/data`, '--exec-root', `${directory}/exec`];
  const args = [...MODEST, '--host', host, '--pidfile', `${directory}/docker.pid`, ...places];
  const path = [process.env['PATH'], '/usr/sbin', '/sbin'].join(delimiter);
  const daemon = spawn('dockerd', args, {
    env: { ...process.env, PATH: path },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = createWriteStream(join(directory, 'log'));
  daemon.stdout.pipe(log, { end: false });
  daemon.stderr.pipe(log, { end: false });
  let fault: string | undefined;
  daemon.once('error', (error) => (fault = error.message));
  const docker = connect(host, `dockerd started in ${directory}`, () => stopDaemon(daemon, directory));
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await answers(docker))) {
    if (daemon.exitCode !== null) fault = await readFile(join(directory, 'log'), 'utf8');
    if (fault === undefined && Date.now() < deadline) {
      await sleep(200);
      continue;
    }
    await docker[Symbol.asyncDispose]();
    throw new Error(`Cannot start dockerd: ${fault ?? 'it does not answer'}`);
  }
  return docker;
}

/**
 * The engine that `DOCKER_HOST` names or that answers on the default socket, else a `dockerd` of our own (as root) whose
 * images and containers are forgotten when it is disposed of.
 *
 * @throws {Error} If there is no engine and none can be started.
 */
export async function findDocker(): Promise<Docker> {
  const given = process.env['DOCKER_HOST'];
  const origin =
    given === undefined ? 'the machine’s Docker engine' : `the Docker engine of DOCKER_HOST=${given}`;
  const found = connect(given, origin, () => Promise.resolve());
  return (await answers(found)) ? found : await startDaemon();
}
