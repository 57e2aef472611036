import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { cpuOf } from '../bench/resident.ts';
import { type LogShape, linesOf } from './audit-lines.ts';

const COMMAND = join(import.meta.dirname, '../../cli/main.ts');
const LOOK_MS = 50;

/** What making a report of a log took. */
interface AuditFigures {
  readonly megabytes: number;
  readonly seconds: number;
  /** Of one core. */
  readonly cpuSeconds: number;
  /** The most that the process ever had, in MB (10^6 bytes). */
  readonly peakRssMb: number;
  readonly rows: number;
}

/** Prints how fast reports are made, and that ten times the lines take no more memory. */
export async function printAuditLoad([lines = 1_000_000, pods = 1000]: readonly number[]): Promise<void> {
  console.log(`Reports as JSON lines of logs of ${pods} pods that are made up while they are read`);
  console.log('log    lines         MB   seconds    MB/s   MB per CPU second   peak RSS, MB     rows');
  for (const log of ['store', 'api'] as const)
    for (const count of [lines / 10, lines]) {
      const figures = await measure({ log, lines: count, pods });
      const { cpuSeconds, megabytes, peakRssMb, rows, seconds } = figures;
      const cells = [
        log.padEnd(6),
        String(count).padEnd(9),
        megabytes.toFixed(0).padStart(6),
        seconds.toFixed(1).padStart(9),
        (megabytes / seconds).toFixed(0).padStart(7),
        (megabytes / cpuSeconds).toFixed(0).padStart(19),
        peakRssMb.toFixed(0).padStart(14),
        String(rows).padStart(8),
      ];
      console.log(cells.join(' '));
    }
}

async function measure(shape: LogShape): Promise<AuditFigures> {
  const args = [COMMAND, 'audit', 'report', `--${shape.log}-log`, '-', '-o', 'jsonl'];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  let [bytes, rows, peakRssMb, cpuSeconds] = [0, 0, 0, 0];
  child.stdout.on('data', (chunk: Buffer) => (rows += chunk.toString().split('\n').length - 1));
  const look = async (pid: number): Promise<void> => {
    peakRssMb = Math.max(peakRssMb, await peakOf(pid));
    cpuSeconds = Math.max(cpuSeconds, (await cpuOf(pid)) / 1000);
  };
  // It may have ended between two looks.
  const watch = setInterval(() => void look(child.pid ?? 0).catch(() => undefined), LOOK_MS);
  const begin = performance.now();
  await pipeline(
    counted(linesOf(shape), (length) => (bytes += length)),
    child.stdin,
  );
  await ended;
  clearInterval(watch);
  return {
    megabytes: bytes / 1e6,
    seconds: (performance.now() - begin) / 1000,
    cpuSeconds,
    peakRssMb,
    rows,
  };
}

function* counted(batches: Iterable<string>, add: (length: number) => void): Generator<string> {
  for (const batch of batches) {
    add(batch.length);
    yield batch;
  }
}

/** The kernel's own high-water mark (proc(5)). */
async function peakOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return (Number(/^VmHWM:\s+(\d+) kB$/mu.exec(status)?.[1] ?? 0) * 1024) / 1e6;
}
