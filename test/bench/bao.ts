import { execFile } from 'node:child_process';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findOpenBao } from '../servers/openbao-binary.ts';
import { type Contender, ENVIRONMENT, filesOf, type Prepared, type Task } from './task.ts';
import { ROLE, type World } from './world.ts';

/**
 * `bao agent` with the configuration that its injector writes.
 *
 * @throws {Error} If OpenBao is only there as a Docker image: its processes could not be measured.
 */
export async function baoAgent(world: World): Promise<Contender> {
  const [file, ...rest] = (await findOpenBao()).command('', 0, []);
  if (rest.length > 0) throw new Error('Cannot measure bao agent in Docker: put "bao" on PATH');
  // A copy, so that it shares no page with the server, which is the same program.
  const program = join(world.directory, 'bao');
  await copyFile(await locate(file), program);
  return { name: 'bao agent', prepare: (task, directory) => prepare(world, program, task, directory) };
}

/** The file of a program on PATH. */
async function locate(program: string): Promise<string> {
  const { stdout } = await promisify(execFile)('sh', ['-c', 'command -v "$1"', 'sh', program]);
  return stdout.trim();
}

async function prepare(world: World, program: string, task: Task, directory: string): Promise<Prepared> {
  const files = filesOf(task).map(({ name }) => join(directory, `secrets-${name}`));
  const configFile = join(directory, 'config.json');
  await writeFile(configFile, JSON.stringify(configuration(world, task, directory, files)));
  return { argv: [program, 'agent', `-config=${configFile}`], env: ENVIRONMENT, files };
}

function configuration(
  { address, caFile, tokenFile }: World,
  task: Task,
  directory: string,
  files: readonly string[],
): object {
  const { mode, pollMs } = task;
  return {
    exit_after_auth: mode === 'init',
    pid_file: join(directory, 'pid'),
    vault: { address, ca_cert: caFile },
    auto_auth: {
      method: [
        {
          type: 'kubernetes',
          mount_path: 'auth/kubernetes',
          config: { role: ROLE, token_path: tokenFile },
        },
      ],
      sink: [{ type: 'file', config: { path: join(directory, 'token') } }],
    },
    template: filesOf(task).map(({ text }, index) => ({ destination: files[index], contents: text })),
    template_config: { exit_on_retry_failure: true, static_secret_render_interval: `${pollMs}ms` },
  };
}
