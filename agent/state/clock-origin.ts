import { readFileSync } from 'node:fs';
import type { ClockOrigin } from './saved.ts';

/** Differs after each start of the machine. */
const BOOT_FILE = '/proc/sys/kernel/random/boot_id';

/**
 * What the agent's clock says, held against the steady clock of the machine, which all its processes share and which no
 * correction of the time moves.
 */
export function clockOrigin(now: number): ClockOrigin {
  return { boot: bootId(), at: now - Number(process.hrtime.bigint() / 1_000_000n) };
}

function bootId(): string {
  try {
    return readFileSync(BOOT_FILE, 'utf8').trim();
  } catch {
    return '';
  }
}
