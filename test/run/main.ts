import { findDocker } from '../servers/docker.ts';
import { BUNDLES_ARE_BUILT } from './bundles.ts';
import { endCommandsOnSignal, execute } from './command.ts';
import { GATE } from './gate.ts';
import { LANES } from './lanes.ts';
import { fromExit, type Outcome } from './outcome.ts';
import { NotReady, prepareMachine } from './prepare.ts';
import { runShellCheck } from './shell-checks.ts';
import { type Done, runStages, type Stage } from './stage.ts';
import { conclude } from './summary.ts';
import { runVitest } from './vitest.ts';

const MINUTE_MS = 60_000;
const BUILD_TIMEOUT_MS = 30 * MINUTE_MS;
const E2E_TIMEOUT_MS = 45 * MINUTE_MS;

function build(name: string, script: string): Stage {
  return {
    name,
    async run(): Promise<Outcome> {
      const environment = { GOFLAGS: '-trimpath -p=2', GOTOOLCHAIN: 'local' };
      const { code, output } = await execute([process.execPath, script], {
        environment,
        timeoutMs: BUILD_TIMEOUT_MS,
      });
      const lines = output.split('\n').filter((line) => !line.startsWith('go: downloading '));
      return { ...fromExit(code, output), report: lines.join('\n').trimEnd() };
    },
  };
}

/** Slow from empty caches and nice to everything else; nothing that is timed starts before they end. */
const BUILDS: readonly Stage[] = [
  build('test cluster (Go build)', 'test/run/build-cluster.ts'),
  build('Kyverno (Go build)', 'test/run/build-kyverno.ts'),
];

/** A node, and hence all of the machine: one stage after another. */
const NODES: readonly Stage[] = [
  { name: 'end to end', run: () => runVitest('e2e', { timeoutMs: E2E_TIMEOUT_MS, retries: 1 }) },
  { name: 'cluster: control plane', run: () => runShellCheck('control-plane') },
  { name: 'cluster: node', run: () => runShellCheck('node') },
];

async function prepare(): Promise<Done> {
  const start = performance.now();
  const { path, done } = await prepareMachine();
  process.env['PATH'] = path;
  process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
  console.log(`machine: ${done}`);
  const outcome = { ok: true, passed: 0, failed: 0, report: '' };
  return { name: 'machine', outcome, tookMs: performance.now() - start };
}

async function runAll(): Promise<void> {
  const start = performance.now();
  const machine = await prepare();
  const [builds, gate] = await Promise.all([runStages(BUILDS), runStages(GATE)]);
  await using docker = await findDocker();
  console.log(`Docker: ${docker.origin}`);
  if (docker.host !== undefined) process.env['DOCKER_HOST'] = docker.host;
  process.env[BUNDLES_ARE_BUILT] = 'true';
  const lanes = await Promise.all(LANES.map((lane) => runStages([lane])));
  const nodes = await runStages(NODES);
  conclude([machine, ...builds, ...gate, ...lanes.flat(), ...nodes], performance.now() - start);
}

endCommandsOnSignal();
try {
  await runAll();
} catch (error) {
  if (!(error instanceof NotReady)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
