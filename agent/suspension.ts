import { readFileSync } from 'node:fs';
import type { Clock } from '#platform/clock.ts';

/** Whether files are to stay as they are, which somebody may say while the pod runs. */
export interface Suspension {
  holds(): boolean;
}

/** By a file, which the kubelet keeps up to date. Without it, nobody has said anything. */
export function createSuspension(file: string): Suspension {
  return {
    holds() {
      try {
        return readFileSync(file, 'utf8').trim() === 'true';
      } catch {
        return false;
      }
    },
  };
}

/** The kubelet itself needs up to a minute. */
const LOOK_MS = 2000;

/** Tells when files may change again, until it is stopped. */
export async function watchSuspension(
  suspension: Suspension,
  clock: Clock,
  stop: AbortSignal,
  report: () => void,
): Promise<void> {
  let held = suspension.holds();
  while (!stop.aborted) {
    await clock.sleep(LOOK_MS, stop).catch(() => undefined);
    const holds = suspension.holds();
    if (!stop.aborted && held && !holds) report();
    held = holds;
  }
}
