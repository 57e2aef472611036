import type { Docker } from './docker.ts';

/** A compose project that is up. */
export interface Compose extends AsyncDisposable {
  /** Which program drives it, for people. */
  readonly origin: string;
  /** Runs a subcommand; what it printed. */
  run(...args: readonly string[]): Promise<string>;
}

export interface ComposeOptions {
  readonly file: string;
  readonly project: string;
  /** What the file interpolates. */
  readonly environment: Readonly<Record<string, string>>;
}

const UP_TIMEOUT_MS = 10 * 60_000;

/** `docker-compose` 1.29 or 2 as a program of its own, else version 2 as docker's plugin. */
async function findCompose(docker: Docker): Promise<readonly string[]> {
  for (const command of [['docker-compose'], ['docker', 'compose']]) {
    if ((await docker.attempt([...command, 'version'])).code === 0) return command;
  }
  throw new Error('Cannot find docker-compose: install Debian’s package docker-compose');
}

/**
 * Builds and starts the services of a compose file; they are removed with their volumes when disposed of.
 *
 * @throws {Error} With the output and the logs of all services if they do not come up.
 */
export async function startCompose(docker: Docker, options: ComposeOptions): Promise<Compose> {
  const { file, project, environment } = options;
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const program = await findCompose(docker);
  const prefix = ['env', ...variables, ...program, '--file', file, '--project-name', project];
  const down = async (): Promise<void> => {
    await docker.attempt([...prefix, 'down', '--volumes', '--timeout', '2']);
  };
  const run = async (...args: readonly string[]): Promise<string> => {
    const { code, output } = await docker.attempt([...prefix, ...args], UP_TIMEOUT_MS);
    if (code !== 0) throw new Error(`Cannot run ${program.join(' ')} ${args.join(' ')}:\n${output}`);
    return output;
  };
  try {
    await run('up', '--detach', '--build');
  } catch (error) {
    const logs = await docker.attempt([...prefix, 'logs', '--no-color', '--tail', '20']);
    await down();
    throw new Error(`${String(error)}\n${logs.output}`, { cause: error });
  }
  return { origin: (await run('version')).split('\n')[0] ?? '', run, [Symbol.asyncDispose]: down };
}
