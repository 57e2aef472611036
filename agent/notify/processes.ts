import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { ProcessPattern } from '#contract/reload.ts';

/** A process as the kernel shows it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /** With the pid, this tells it from every other process, also from one that takes its number later. */
  readonly startedAt: string;
  /** As the kernel knows it, cut to 15 bytes. */
  readonly name: string;
  readonly words: readonly string[];
}

const PROC = '/proc';

/** Every process that can be seen and is not over. Without a shared process namespace that is the container's own. */
export function listProcesses(directory = PROC): readonly ProcessEntry[] {
  const pids = readdirSync(directory).filter((name) => /^\d+$/u.test(name));
  return pids.flatMap((pid) => readProcess(Number(pid), directory) ?? []);
}

/** A process as it is now; undefined if it is over. */
export function readProcess(pid: number, directory = PROC): ProcessEntry | undefined {
  try {
    const stat = readFileSync(`${directory}/${pid}/stat`, 'utf8');
    const line = readFileSync(`${directory}/${pid}/cmdline`, 'utf8');
    return parseProcess(pid, stat, line);
  } catch {
    return undefined;
  }
}

/** Dead ones leave their number to whoever has to collect it. */
const OVER = new Set(['Z', 'X', 'x']);

/** Of the fields behind the name, which itself may hold anything: state, parent, and when it started. */
const FIELD = { state: 0, parent: 1, startedAt: 19 } as const;

function parseProcess(pid: number, stat: string, line: string): ProcessEntry | undefined {
  const end = stat.lastIndexOf(')');
  const fields = stat.slice(end + 2).split(' ');
  const startedAt = fields[FIELD.startedAt];
  if (end < 0 || startedAt === undefined || OVER.has(fields[FIELD.state] ?? '')) return undefined;
  return {
    pid,
    parent: Number(fields[FIELD.parent]),
    startedAt,
    name: stat.slice(stat.indexOf('(') + 1, end),
    // Who writes over its own command line leaves zeros or spaces behind.
    words: line.replace(/[\0\s]+$/u, '').split('\0'),
  };
}

/**
 * Those that a pattern means. Of processes that were forked from one another and are called alike, as workers are, it means
 * the one that they come from.
 */
export function matchProcesses(
  processes: readonly ProcessEntry[],
  pattern: ProcessPattern,
): readonly ProcessEntry[] {
  const alike = processes.filter((process) => isMeant(process, pattern));
  const pids = new Set(alike.map(({ pid }) => pid));
  return alike.filter(({ parent }) => !pids.has(parent));
}

/** nginx writes this before what it was started with, which is all that its author knows. */
const TITLE = 'nginx: master process ';

/** The kernel keeps this much of a name. */
const NAME_BYTES = 15;

function isMeant({ name, words }: ProcessEntry, pattern: ProcessPattern): boolean {
  if ('commandLine' in pattern) {
    const line = words.join(' ');
    return line === pattern.commandLine || line === TITLE + pattern.commandLine;
  }
  const short = Buffer.from(pattern.name).subarray(0, NAME_BYTES).toString();
  return name === short || basename(words[0] ?? '') === pattern.name;
}

/** True if a process has made provision for a signal: it handles it, or blocks it to take it up by itself. */
export function expectsSignal(pid: number, signal: number, directory = PROC): boolean {
  const status = readFileSync(`${directory}/${pid}/status`, 'utf8');
  const bit = 1n << BigInt(signal - 1);
  return ['SigCgt', 'SigBlk'].some((field) => {
    const mask = new RegExp(`^${field}:\\s*([0-9a-f]+)$`, 'mu').exec(status)?.[1] ?? '0';
    return (BigInt(`0x${mask}`) & bit) !== 0n;
  });
}
