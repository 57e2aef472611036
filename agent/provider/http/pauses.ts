/** Pauses that servers have asked for: they count the requests of a process by its address, whoever in it makes them. */
export interface Pauses {
  /** Milliseconds that a server is to be left alone; 0 if it may be asked. */
  left(address: string, now: number): number;
  /** Notes that a server has asked for a pause. */
  note(address: string, ms: number, now: number): void;
}

/** A server that asks for more is asked again all the same. */
const LONGEST_MS = 300_000;

const server = (address: string): string => new URL(address).host;

/** The pauses of a process, of which each has one record. */
export function createPauses(): Pauses {
  const ends = new Map<string, number>();
  return {
    left: (address, now) => Math.max(0, (ends.get(server(address)) ?? 0) - now),
    note: (address, ms, now) => void ends.set(server(address), now + Math.min(ms, LONGEST_MS)),
  };
}
