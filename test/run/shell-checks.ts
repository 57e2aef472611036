import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clusterBinaries } from '../servers/cluster-binaries.ts';
import { execute } from './command.ts';
import { fromTests, type Outcome } from './outcome.ts';
import { readShellReport } from './shell-report.ts';

const UP_TIMEOUT_MS = 10 * 60_000;
const CHECK_TIMEOUT_MS = 15 * 60_000;

/**
 * Starts one of the test clusters, runs its check and stops it again.
 *
 * @param cluster The script's name without `.sh`; its check is `checks/<cluster>-check.sh`.
 */
export async function runShellCheck(cluster: 'control-plane' | 'node'): Promise<Outcome> {
  // A short path: sockets inside it may have at most 107 characters.
  const directory = await mkdtemp(join(tmpdir(), 'sk-'));
  const environment = { CLUSTER_DIR: directory, CLUSTER_BIN: await clusterBinaries() };
  const script = `test/cluster/${cluster}.sh`;
  try {
    const up = await execute([script, 'up'], { environment, timeoutMs: UP_TIMEOUT_MS });
    if (up.code !== 0) return fromTests({ passed: 0, failed: 1 }, up.output.trimEnd());
    const kubeconfig = join(directory, 'control-plane/admin.kubeconfig');
    const check = [`test/cluster/checks/${cluster}-check.sh`, ...(cluster === 'node' ? [] : [kubeconfig])];
    const { code, output } = await execute(check, { environment, timeoutMs: CHECK_TIMEOUT_MS });
    const { tally, report } = readShellReport(output);
    const outcome = fromTests(tally, report);
    return code === 0 || !outcome.ok ? outcome : { ...outcome, ok: false, report: output.trimEnd() };
  } finally {
    await execute([script, 'down'], { environment });
    await rm(directory, { recursive: true, force: true });
  }
}
