import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { VaultStore } from '#contract/agent-config.ts';
import { peakOverMean } from '../agent/schedule/herd.ts';
import { type OpenBaoServer, startOpenBao } from '../servers/openbao.ts';
import {
  createTokenIssuer,
  mountKubernetesAuth,
  writePolicy,
  writeRole,
} from '../servers/service-account.ts';
import { HerdOfAgents, PATHS, POLL_MS } from './herd-agents.ts';

/** What the agents asked once the store was back. Times are milliseconds since then. */
interface Figures {
  readonly sent: readonly number[];
  readonly answered: readonly number[];
  readonly servedAt: number;
}

/** Long enough that every agent has been hit, and is at its longest pause. */
const STEADY_OUTAGE_S = 90;
const WAITING_OUTAGE_S = 40;
/** Within which the agents with files were started; what they do together at first is not what is measured. */
const ARRIVAL_MS = 20_000;
const LOOK_MS = 200;
const LONGEST_MS = 300_000;
const MOST = 2;

/**
 * Prints what a store sees that comes back after an outage to many agents, and gives true if no second of it was too busy:
 * requests are counted by the second, from the moment it serves again until the last agent is served.
 */
export async function printHerdLoad([agents = 2000, outageS]: readonly number[]): Promise<boolean> {
  console.log(
    `${agents} agents with ${PATHS.length} secrets each, polled every ${POLL_MS / 1000} s, one OpenBao, ${availableParallelism()} cores for all`,
  );
  const waiting = await measure(agents, false, outageS ?? WAITING_OUTAGE_S);
  const steady = await measure(agents, true, outageS ?? STEADY_OUTAGE_S);
  return waiting <= MOST && steady <= MOST;
}

async function measure(agents: number, isSteady: boolean, outageS: number): Promise<number> {
  await using stage = await openStage();
  await using herd = new HerdOfAgents();
  if (isSteady) {
    await arrive(herd, stage.store, agents, ARRIVAL_MS);
    await until(() => herd.unserved === 0);
    // Their first turns are over then.
    await sleep(POLL_MS);
  }
  // Not ended: without a disk it would forget the tokens, and with one the disk would be what is measured.
  await stage.bao.seal();
  if (isSteady) await sleep(outageS * 1000);
  else await arrive(herd, stage.store, agents, outageS * 1000);
  const figures = await comeBack(stage.bao, herd);
  return print(`${isSteady ? 'agents with files' : 'pods that wait'}, back after ${outageS} s`, figures);
}

/** Starts the agents evenly over a time. */
async function arrive(
  herd: HerdOfAgents,
  store: VaultStore,
  agents: number,
  withinMs: number,
): Promise<void> {
  const begin = performance.now();
  for (let started = 0; started < agents; started += 1) {
    const due = begin + (withinMs * started) / agents;
    if (due > performance.now()) await sleep(due - performance.now());
    herd.start(store);
  }
}

async function comeBack(bao: OpenBaoServer, herd: HerdOfAgents): Promise<Figures> {
  const back = performance.now();
  const sent = countFrom(back, 'http.client.request.start');
  const answered = countFrom(back, 'http.client.response.finish');
  // Not from its end on, which a busy machine notices late: the first requests have been served by then.
  await bao.unseal();
  await until(() => herd.unserved === 0);
  return { sent: sent(), answered: answered(), servedAt: performance.now() - back };
}

/** Notes when Node says something of a request of this process, until it is asked for that. */
function countFrom(begin: number, channel: string): () => readonly number[] {
  const times: number[] = [];
  const note = (): void => void times.push(performance.now() - begin);
  subscribe(channel, note);
  return () => {
    unsubscribe(channel, note);
    return times;
  };
}

async function until(isDone: () => boolean): Promise<void> {
  const deadline = performance.now() + LONGEST_MS;
  while (!isDone()) {
    if (performance.now() > deadline) throw new Error(`Cannot see every agent served in ${LONGEST_MS} ms`);
    await sleep(LOOK_MS);
  }
}

function print(what: string, { sent, answered, servedAt }: Figures): number {
  const ratio = peakOverMean(sent, 0, servedAt);
  const mean = sent.length / (servedAt / 1000);
  const most = peakOverMean(answered, 0, servedAt) * (answered.length / (servedAt / 1000));
  const rows: readonly [string, string][] = [
    ['all served after', `${(servedAt / 1000).toFixed(1)} s`],
    ['requests', `${sent.length}, ${mean.toFixed(0)} a second on average`],
    [
      'the busiest second',
      `${(mean * ratio).toFixed(0)}: ${ratio.toFixed(2)} times the mean (bound: ${MOST})`,
    ],
    ['answered in a second at most', most.toFixed(0)],
  ];
  console.log(what);
  for (const [name, figure] of rows) console.log(`  ${name.padEnd(30)}${figure}`);
  return ratio;
}

interface Stage extends AsyncDisposable {
  readonly bao: OpenBaoServer;
  readonly store: VaultStore;
}

async function openStage(): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const bao = stack.use(await startOpenBao());
  const directory = await mkdtemp(join(tmpdir(), 'sidekey-herd-'));
  stack.defer(() => rm(directory, { recursive: true, force: true }));
  const issuer = createTokenIssuer();
  const account = { namespace: 'ml', name: 'inference' };
  await mountKubernetesAuth(bao.api, issuer);
  await writePolicy(bao.api, 'ml', { 'secret/data/ml/*': ['read'] });
  await writeRole(bao.api, { name: 'ml', policies: ['ml'], account, ttl: '24h' });
  for (const path of PATHS) await bao.api('POST', path, { data: { key: 'value' } });
  const tokenFile = join(directory, 'token');
  await writeFile(tokenFile, issuer.token(account));
  const auth = { method: 'kubernetes', path: 'auth/kubernetes', role: 'ml', tokenFile } as const;
  const kept = stack.move();
  return {
    bao,
    store: { address: bao.address, auth, timeoutMs: 10_000 },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
