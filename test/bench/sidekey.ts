import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type AgentConfig, serialiseConfig } from '#contract/agent-config.ts';
import { ADMIN_ADDRESS, CONFIG_LIMIT_BYTES, CONFIG_VARIABLE } from '#contract/layout.ts';
import { agentFiles } from '../../deploy/demo/bundles.ts';
import { execute, ROOT } from '../run/command.ts';
import type { NodeProgram } from './nodes.ts';
import { freePort } from '../servers/port.ts';
import { type Contender, ENVIRONMENT, filesOf, type Prepared, type Task } from './task.ts';
import { ROLE, type World } from './world.ts';

const VOLUME = 'secrets';

/** The agent on one Node as its image has it, with the configuration that the injector writes. */
export async function sidekeyAgent(world: World, { version, file }: NodeProgram): Promise<Contender> {
  // A copy, so that it shares no page with the Node that runs the benchmark.
  const program = join(world.directory, `node-${version}`);
  await copyFile(file, program);
  const command = await install(program, join(world.directory, `agent-${version}`));
  return {
    name: `Sidekey, Node ${version}`,
    prepare: (task, directory) => prepare(world, [program, command], task, directory),
  };
}

/**
 * What `Dockerfile.agent` does.
 *
 * @returns The agent's command.
 */
async function install(program: string, directory: string): Promise<string> {
  await mkdir(directory);
  const precompile = join(ROOT, 'dist/precompile.cjs');
  for (const path of [...(await agentFiles()), precompile])
    await copyFile(path, join(directory, basename(path)));
  const { code, output } = await execute([program, join(directory, basename(precompile))]);
  if (code !== 0) throw new Error(`Cannot precompile the agent: ${output}`);
  return join(directory, 'agent.cjs');
}

async function prepare(
  world: World,
  command: readonly string[],
  task: Task,
  directory: string,
): Promise<Prepared> {
  const adminPort = await freePort();
  const config = configuration(world, task, directory, adminPort);
  for (const volume of [config.stateDirectory, join(directory, VOLUME)]) await mkdir(volume);
  const given = await giveConfig(config, directory);
  return {
    argv: [...command, task.mode, ...given.args],
    env: { ...ENVIRONMENT, NODE_ENV: 'production', ...given.env },
    files: config.files.map(({ volume, path }) => join(volume, path)),
    ...(task.mode === 'run' ? { readyUrl: `http://127.0.0.1:${adminPort}/readyz` } : {}),
  };
}

/** As the injector does, unless there are more templates than a variable may hold. */
async function giveConfig(
  config: AgentConfig,
  directory: string,
): Promise<{ args: readonly string[]; env: Readonly<Record<string, string>> }> {
  const text = serialiseConfig(config);
  if (text.length <= CONFIG_LIMIT_BYTES) return { args: [], env: { [CONFIG_VARIABLE]: text } };
  const file = join(directory, 'config');
  await writeFile(file, text);
  return { args: ['--config', file], env: {} };
}

function configuration(
  { address, caPem, tokenFile }: World,
  task: Task,
  directory: string,
  adminPort: number,
): AgentConfig {
  return {
    version: 1,
    vault: {
      address,
      caPem,
      auth: { method: 'kubernetes', path: 'auth/kubernetes', role: ROLE, tokenFile },
      timeoutMs: 10_000,
    },
    files: filesOf(task).map(({ name, text }) => ({
      name,
      volume: join(directory, VOLUME),
      path: name,
      mode: 0o644,
      template: { text, left: '{{', right: '}}' },
    })),
    pollMs: task.pollMs,
    startDeadlineMs: null,
    revokeOnShutdown: false,
    stateDirectory: join(directory, 'state'),
    // As in a pod: an address that is named would be looked up first.
    adminAddress: ADMIN_ADDRESS,
    adminPort,
    terminationLog: join(directory, 'termination-log'),
  };
}
