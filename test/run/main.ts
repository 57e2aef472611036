import { findDocker } from '../servers/docker.ts';
import { endCommandsOnSignal, execute } from './command.ts';
import { GATE } from './gate.ts';
import { fromExit, type Outcome } from './outcome.ts';
import { NotReady, prepareMachine } from './prepare.ts';
import { runShellCheck } from './shell-checks.ts';
import { type Done, runStage, runStages, type Stage } from './stage.ts';
import { conclude } from './summary.ts';
import { runVitest } from './vitest.ts';

const MINUTE_MS = 60_000;
const BUILD_TIMEOUT_MS = 30 * MINUTE_MS;
const INTEGRATION_TIMEOUT_MS = 30 * MINUTE_MS;
const E2E_TIMEOUT_MS = 20 * MINUTE_MS;

/** Builds Kubernetes. Slow from empty caches and nice to everything else; nothing that is timed starts before it ends. */
const CLUSTER_BUILD: Stage = {
  name: 'test cluster (Go build)',
  async run(): Promise<Outcome> {
    const environment = { GOFLAGS: '-trimpath -p=2', GOTOOLCHAIN: 'local' };
    const command = [process.execPath, 'test/run/build-cluster.ts'];
    const { code, output } = await execute(command, { environment, timeoutMs: BUILD_TIMEOUT_MS });
    return fromExit(code, output);
  },
};

/** Real servers, and hence deadlines: one stage after another, on a machine that does nothing else. */
const SERVERS: readonly Stage[] = [
  { name: 'integration', run: () => runVitest('integration', INTEGRATION_TIMEOUT_MS) },
  { name: 'end to end', run: () => runVitest('e2e', E2E_TIMEOUT_MS) },
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
  const [build, gate] = await Promise.all([runStage(CLUSTER_BUILD), runStages(GATE)]);
  await using docker = await findDocker();
  console.log(`Docker: ${docker.origin}`);
  if (docker.host !== undefined) process.env['DOCKER_HOST'] = docker.host;
  const servers = await runStages(SERVERS);
  conclude([machine, build, ...gate, ...servers], performance.now() - start);
}

endCommandsOnSignal();
try {
  await runAll();
} catch (error) {
  if (!(error instanceof NotReady)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
