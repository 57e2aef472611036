import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { cpuOf, memoryOf } from '../resident.ts';
import type { Contender, Stage } from './servers.ts';

const run = promisify(execFile);

/** What a client says of a webhook. Times in milliseconds. */
export interface Answers {
  readonly requests: number;
  readonly errors: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
  readonly bytes: number;
}

export interface Burst extends Answers {
  readonly perSecond: number;
  /** Of the server, in microseconds. */
  readonly cpuPerRequest: number;
}

/** What a contender is asked with. */
export interface Course {
  readonly stage: Stage;
  readonly client: string;
}

/** What is asked: about the pods of one template, as a Deployment has them, or about pods that have each a name of its own. */
export interface Load {
  readonly connections: 1 | 16;
  readonly distinct: boolean;
}

async function ask(
  { stage, client }: Course,
  url: string,
  { connections, distinct }: Load,
  seconds: number,
): Promise<Answers> {
  const { stdout } = await run(client, [
    `-url=${url}`,
    `-ca=${stage.caFile}`,
    `-body=${stage.bodyFile}`,
    `-connections=${connections}`,
    `-seconds=${seconds}`,
    `-distinct=${distinct}`,
  ]);
  return JSON.parse(stdout) as Answers;
}

const READY_MS = 30_000;

/** @throws {Error} If a contender does not come to inject the pod. */
export async function awaitReady(course: Course, { name, url }: Contender): Promise<void> {
  const end = performance.now() + READY_MS;
  for (;;) {
    const { requests, errors } = await ask(course, url, { connections: 1, distinct: false }, 0.01);
    if (requests > 0 && errors === 0) return;
    if (performance.now() > end) throw new Error(`${name} does not inject the pod`);
    await sleep(100);
  }
}

/** @throws {Error} If an answer is missing, or holds no patch. */
export async function burst(
  course: Course,
  contender: Contender,
  load: Load,
  seconds: number,
): Promise<Burst> {
  const before = await cpuOf(contender.pid);
  const answers = await ask(course, contender.url, load, seconds);
  const cpuMs = (await cpuOf(contender.pid)) - before;
  if (answers.errors > 0)
    throw new Error(`${contender.name} failed ${answers.errors} of ${answers.requests} requests`);
  return {
    ...answers,
    perSecond: answers.requests / answers.seconds,
    cpuPerRequest: (cpuMs * 1000) / answers.requests,
  };
}

export const residentMb = async ({ pid }: Contender): Promise<number> => (await memoryOf(pid)).rss;
