import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type AgentConfig, serialiseConfig } from '#contract/agent-config.ts';
import { CONFIG_VARIABLE } from '#contract/layout.ts';
import { defaultTemplate } from '../../injector/annotations/default-template.ts';
import { AGENT_BUNDLE } from '../../deploy/demo/bundles.ts';
import type { NodeProgram } from './nodes.ts';
import { freePort } from '../servers/port.ts';
import { type Contender, ENVIRONMENT, type Prepared, type Task } from './task.ts';
import { ROLE, secretPath, type World } from './world.ts';

const VOLUME = 'secrets';

/** The agent's bundle on one Node, with the configuration that the injector writes. */
export async function sidekeyAgent(world: World, { version, file }: NodeProgram): Promise<Contender> {
  // A copy, so that it shares no page with the Node that runs the benchmark.
  const program = join(world.directory, `node-${version}`);
  await copyFile(file, program);
  return {
    name: `Sidekey, Node ${version}`,
    prepare: (task, directory) => prepare(world, program, task, directory),
  };
}

async function prepare(world: World, program: string, task: Task, directory: string): Promise<Prepared> {
  const adminPort = await freePort();
  const config = configuration(world, task, directory, adminPort);
  for (const volume of [config.stateDirectory, join(directory, VOLUME)]) await mkdir(volume);
  return {
    argv: [program, AGENT_BUNDLE, task.mode],
    env: { ...ENVIRONMENT, NODE_ENV: 'production', [CONFIG_VARIABLE]: serialiseConfig(config) },
    files: config.files.map(({ volume, path }) => join(volume, path)),
    ...(task.mode === 'run' ? { readyUrl: `http://127.0.0.1:${adminPort}/readyz` } : {}),
  };
}

function configuration(
  { address, caPem, tokenFile }: World,
  { secrets, pollMs }: Task,
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
    files: Array.from({ length: secrets }, (_, index) => ({
      name: `${index}`,
      volume: join(directory, VOLUME),
      path: `${index}`,
      mode: 0o644,
      template: { text: defaultTemplate(secretPath(index)), left: '{{', right: '}}' },
    })),
    pollMs,
    startDeadlineMs: null,
    revokeOnShutdown: false,
    stateDirectory: join(directory, 'state'),
    adminAddress: '127.0.0.1',
    adminPort,
    terminationLog: join(directory, 'termination-log'),
  };
}
