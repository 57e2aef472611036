import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Script } from 'node:vm';
import { serialiseConfig } from '#contract/agent-config.ts';
import { letHeapGrow } from '../small-heap.ts';
import { compiledFile, compiledPrograms } from './compiled.ts';
import { ask, configuration, openPorts } from './trial.ts';

const PATIENCE_MS = 30_000;

/**
 * Runs the agent once while its image is built, and puts beside its programs what the engine has made of them by then: it
 * compiles most functions only when they are called.
 */
async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'sidekey-trial-'));
  for (const each of ['secrets', 'state']) mkdirSync(join(directory, each));
  writeFileSync(join(directory, 'token'), 'trial');
  const config = join(directory, 'config');
  const ports = await openPorts();
  writeFileSync(config, serialiseConfig(configuration(directory, ports)));
  const launcher = join(dirname(process.argv[1] ?? ''), 'agent.cjs');
  process.argv = [process.execPath, launcher, 'run', '--config', config];
  const scripts = new Map<string, Script>();
  process.once('exit', () => {
    letHeapGrow();
    for (const [program, script] of scripts) writeFileSync(compiledFile(program), script.createCachedData());
    rmSync(directory, { recursive: true });
  });
  compiledPrograms(launcher, (program, script) => scripts.set(program, script))(
    join(dirname(launcher), 'agent-main.cjs'),
  );
  await ready(ports.admin);
  process.kill(process.pid, 'SIGTERM');
}

/** @throws {Error} If the agent does not get there. */
async function ready(port: number): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while ((await ask(port, '/readyz')) !== 200) {
    if (Date.now() > end) throw new Error('Cannot precompile: the agent has not rendered its files');
    await sleep(50);
  }
  await ask(port, '/metrics');
}

void main();
