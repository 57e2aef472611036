import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type LogShape, linesOf } from './audit-lines.ts';

const COMMAND = join(import.meta.dirname, '../../cli/main.ts');

/** What making a report of a log took. */
export interface AuditFigures {
  readonly megabytes: number;
  readonly seconds: number;
  /** The most that the process ever had, in MB (10^6 bytes). */
  readonly peakRssMb: number;
  readonly rows: number;
}

/** Makes a report, as JSON lines, of a log that is made up while it is read. */
export async function runAuditLoad(shape: LogShape): Promise<AuditFigures> {
  const args = [COMMAND, 'audit', 'report', `--${shape.log}-log`, '-', '-o', 'jsonl'];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  let [bytes, rows, peakRssMb] = [0, 0, 0];
  child.stdout.on('data', (chunk: Buffer) => (rows += chunk.toString().split('\n').length - 1));
  const watch = setInterval(() => {
    void peakOf(child.pid ?? 0).then((peak) => (peakRssMb = Math.max(peakRssMb, peak)));
  }, 50);
  const begin = performance.now();
  await pipeline(
    counted(linesOf(shape), (length) => (bytes += length)),
    child.stdin,
  );
  await ended;
  clearInterval(watch);
  return { megabytes: bytes / 1e6, seconds: (performance.now() - begin) / 1000, peakRssMb, rows };
}

function* counted(batches: Iterable<string>, add: (length: number) => void): Generator<string> {
  for (const batch of batches) {
    add(batch.length);
    yield batch;
  }
}

/** The kernel's own high-water mark (proc(5)); 0 if the process is gone. */
async function peakOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return (Number(/^VmHWM:\s+(\d+) kB$/mu.exec(status)?.[1] ?? 0) * 1024) / 1e6;
}
