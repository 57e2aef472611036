import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A process of a test. */
export interface Program {
  readonly pid: number;
  readonly commandLine: string;
  readonly child: ChildProcess;
  /** Everything that it has printed. */
  output: string;
}

/** An empty directory for as long as the test takes. */
export function aDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'sidekey-notify-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Prints the name of each signal that it handles, and goes on. */
const handling = (signals: readonly string[]): string => `
  for (const name of ${JSON.stringify(signals)}) process.on(name, () => console.log(name));
  setInterval(() => undefined, 1000);
  console.log('ready');`;

interface Start {
  readonly uid?: number;
  /** Processes that are forked off with the same command line. */
  readonly workers?: number;
}

/** Starts a program that handles these signals, and waits until it does. It ends with the test. */
export async function startProgram(
  signals: readonly string[],
  name: string,
  { uid, workers = 0 }: Start = {},
): Promise<Program> {
  const text = workers > 0 ? forking(workers) : handling(signals);
  const words = [process.execPath, '-e', text, name];
  const child = spawn(process.execPath, words.slice(1), {
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(uid === undefined ? {} : { uid, gid: uid, cwd: '/' }),
    env: { ...process.env, SIGNALS: JSON.stringify(signals) },
  });
  const program: Program = { pid: child.pid ?? 0, commandLine: words.join(' '), child, output: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    program.output += chunk.toString();
  });
  onTestFinished(async () => {
    const ended = child.exitCode ?? child.signalCode;
    child.kill('SIGKILL');
    if (ended === null) await once(child, 'exit');
  });
  const gone = once(child, 'exit').then((): never => {
    throw new Error(`The program ${name} has ended before it was ready`);
  });
  while (program.output.split('ready').length <= workers + 1)
    await Promise.race([once(child.stdout, 'data'), gone]);
  return program;
}

/** Runs its own command line again as often, as servers do with their workers, which end with it. */
function forking(workers: number): string {
  return `
  const { spawn } = require('node:child_process');
  const worker = process.env.WORKER !== undefined;
  const show = (text) => console.log(worker ? 'worker ' + text : text);
  for (const name of JSON.parse(process.env.SIGNALS)) process.on(name, () => show(name));
  if (!worker) for (let i = 0; i < ${workers}; i += 1)
    spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
      stdio: ['pipe', 'inherit', 'inherit'], env: { ...process.env, WORKER: '1' } });
  else process.stdin.on('end', () => process.exit()).resume();
  setInterval(() => undefined, 1000);
  show('ready');`;
}
