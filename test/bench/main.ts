import { cpus, loadavg } from 'node:os';
import { ensureBundles } from '../../deploy/demo/bundles.ts';
import { baoAgent } from './bao.ts';
import { judge } from './budget.ts';
import type { Effort } from './measure.ts';
import { findNode } from './nodes.ts';
import { measureAll } from './rows.ts';
import { sidekeyAgent } from './sidekey.ts';
import { formatTable } from './table.ts';
import { benchWebhook, FULL as WEBHOOK_FULL, QUICK as WEBHOOK_QUICK } from './webhook/webhook.ts';
import { createWorld } from './world.ts';

const USAGE = `usage: npm run bench [-- [webhook] [--quick] [--nodes image,development]]

  webhook  the webhook beside vault-k8s, instead of the agent beside bao agent; of the nodes the first
  --quick  a few rounds of everything, in about five minutes
  --nodes  which Node to measure, separated by commas: "image" (default), "development", or the path of a program`;

const FULL: Effort = {
  initRounds: 20,
  settleMs: 20_000,
  warmUpMs: 60_000,
  pollingMs: 30_000,
  limitRounds: 7,
  rotations: 60,
  templateRounds: 10,
  certificatesMs: 120_000,
};
const QUICK: Effort = {
  initRounds: 5,
  settleMs: 5000,
  warmUpMs: 30_000,
  pollingMs: 8000,
  limitRounds: 2,
  rotations: 10,
  templateRounds: 3,
  certificatesMs: 40_000,
};

interface Options {
  readonly isWebhook: boolean;
  readonly effort: Effort;
  readonly nodes: readonly string[];
}

function readOptions(args: readonly string[]): Options | undefined {
  const rest = [...args];
  const isWebhook = rest[0] === 'webhook';
  if (isWebhook) rest.shift();
  let effort = FULL;
  let nodes = ['image'];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--quick') effort = QUICK;
    else if (arg === '--nodes') nodes = (rest.shift() ?? '').split(',');
    else return undefined;
  }
  return nodes.includes('') ? undefined : { isWebhook, effort, nodes };
}

/** Whether others take much of the CPUs: the contenders are compared by turns, but not equally disturbed. */
const busy = (): boolean => (loadavg()[0] ?? 0) > cpus().length / 2;

async function main({ isWebhook, effort, nodes }: Options): Promise<boolean> {
  if (await ensureBundles()) console.log('dist/ was missing or stale: built');
  console.log(`${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, load ${loadavg()[0]?.toFixed(1)}`);
  if (busy()) console.log('The machine is busy: differences of less than a third mean nothing');
  if (isWebhook)
    return await benchWebhook(effort === QUICK ? WEBHOOK_QUICK : WEBHOOK_FULL, nodes[0] ?? 'image');
  return await benchAgent(effort, nodes);
}

async function benchAgent(effort: Effort, nodes: readonly string[]): Promise<boolean> {
  const programs = await Promise.all(nodes.map(findNode));
  await using world = await createWorld();
  console.log(world.how);
  const contenders = [await baoAgent(world)];
  for (const program of programs) contenders.push(await sidekeyAgent(world, program));
  const columns = await measureAll(world, contenders, effort, (what) => console.log(what));
  for (const [index, rows] of columns.entries()) {
    console.log(`\n${contenders[index + 1]?.name}`);
    for (const line of formatTable(rows)) console.log(line);
  }
  return columns.flat().every((row) => judge(row) !== 'MISSED');
}

// Ends by itself, so that what it started is ended too.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => process.exit(1));

const options = readOptions(process.argv.slice(2));
if (options === undefined) console.error(USAGE);
process.exitCode = options === undefined ? 2 : (await main(options)) ? 0 : 1;
