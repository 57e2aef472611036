import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { TERMINATION_LOG } from '#contract/layout.ts';
import { describeProblems, type Problem } from '#contract/problem.ts';
import { systemClock } from '#platform/clock.ts';
import type { Connection } from '#platform/kubernetes/client.ts';
import { inClusterConnection } from '#platform/kubernetes/in-cluster.ts';
import { terminationSignal } from '#platform/lifecycle.ts';
import { createLog } from '#platform/log.ts';
import { writeLastWords } from '../last-words.ts';
import { createProviders } from '../provider/stores.ts';
import { steadyClock } from '../steady-clock.ts';
import { parseSyncCommand } from './command.ts';
import type { SyncConfig } from './config.ts';
import { serveSync } from './serve.ts';

const BAD_USAGE = 2;

const readText = (path: string): string => readFileSync(path, 'utf8');

function connect({ kubernetes }: SyncConfig): Connection {
  if (kubernetes === undefined) return inClusterConnection(process.env, readText, systemClock);
  const { address, tokenFile, caFile } = kubernetes;
  return { address, caPem: readText(caFile), token: () => readText(tokenFile), clock: systemClock };
}

async function main(stop: AbortSignal): Promise<number> {
  const read = parseSyncCommand(process.argv.slice(2), process.env, readText);
  if (!read.ok) return refuse(read.problems);
  const { config, warnings, logLevel } = read.value;
  const log = createLog(logLevel, 'sync');
  for (const { key, message } of warnings) log.warn({ key, problem: message }, 'Odd configuration');
  const identity = `${hostname()}-${randomUUID().slice(0, 8)}`;
  const providers = await createProviders(config, steadyClock);
  const common = { config, providers, identity, clock: steadyClock, random: Math.random, log, stop };
  await serveSync({ ...common, connection: connect(config) });
  return 0;
}

function refuse(problems: readonly Problem[]): number {
  const text = describeProblems(problems);
  process.stderr.write(`${text}\n`);
  writeLastWords(TERMINATION_LOG, text);
  return BAD_USAGE;
}

function fail(error: unknown): number {
  const text = error instanceof Error ? error.message : 'Cannot go on: internal fault';
  process.stderr.write(`${text}\n`);
  writeLastWords(TERMINATION_LOG, text);
  return 1;
}

void main(terminationSignal())
  .catch(fail)
  .then((code) => process.exit(code));
