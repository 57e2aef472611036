import { POLL_MS, Stage } from '../integration/sync/stage.ts';
import { prepareMachine } from '../run/prepare.ts';
import { printAuditLoad } from './audit.ts';
import { printHerdLoad } from './herd.ts';
import { percentile, runSyncLoad } from './sync.ts';
import { printWebhookLoad } from './webhook/print.ts';

/**
 * `npm run load [-- SECRETS PROJECTS SECONDS]`: how the sync holds up, printed; `npm run load -- audit [LINES PODS]`: how
 * the report of logs does; `npm run load -- herd [AGENTS SECONDS]`: what a store sees that comes back to many agents;
 * `npm run load -- webhook [SECONDS RATE TIMEOUT]`: whether the webhook answers all that is asked of it, within so many seconds,
 * while everything around it is replaced.
 */
const [first = '', ...rest] = process.argv.slice(2);
if (first === 'audit') await printAuditLoad(rest.map(Number));
else if (first === 'webhook') process.exitCode = (await printWebhookLoad(rest.map(Number))) ? 0 : 1;
else if (first === 'herd') process.exitCode = (await printHerdLoad(rest.map(Number))) ? 0 : 1;
else await printSyncLoad([first, ...rest].filter((word) => word !== '').map(Number));

async function printSyncLoad([
  secrets = 2000,
  projects = 50,
  seconds = 120,
]: readonly number[]): Promise<void> {
  const { path } = await prepareMachine();
  process.env['PATH'] = path;
  await using stage = await Stage.open();
  console.log(
    `${secrets} Secrets of ${projects} projects, polled every ${POLL_MS} ms, a change a second for ${seconds} s`,
  );
  const { fillMs, delays, lost, readsPerPoll, cpuPercent, rssMb } = await runSyncLoad(stage, {
    secrets,
    projects,
    seconds,
  });
  const rows: readonly [string, string][] = [
    ['all filled after', `${(fillMs / 1000).toFixed(1)} s`],
    ['change to Secret, p50', `${percentile(delays, 50).toFixed(0)} ms`],
    ['change to Secret, p99', `${percentile(delays, 99).toFixed(0)} ms (bound: ${POLL_MS + 1000} ms)`],
    ['change to Secret, longest', `${percentile(delays, 100).toFixed(0)} ms`],
    ['Secrets changed', `${delays.length}, missed ${lost}`],
    ['reads of Infisical per poll', readsPerPoll.toFixed(1)],
    ['CPU', `${cpuPercent.toFixed(1)} % of a core`],
    ['memory, RSS', `${rssMb.toFixed(0)} MB`],
  ];
  for (const [what, figure] of rows) console.log(`${what.padEnd(30)}${figure}`);
}
