/** In nano-bytes, as all amounts are in nano-units. */
export const MEBIBYTE = 1_048_576n * 1_000_000_000n;

/** MiB for the agent's saved state, old and new while it is replaced. */
const STATE_MIB = 16;
/** MiB of the agent itself. */
const PROCESS_MIB = 96;

export const mebibytes = (amount: number): string => `${amount}Mi`;

export const STATE_SIZE = mebibytes(STATE_MIB);

/**
 * What the agent may take in all, with so many MiB for the directories of its files: a tmpfs is charged to whoever writes it, so a limit
 * without room for full volumes would kill the agent instead of a write.
 */
export function memoryLimit(files: number): bigint {
  return BigInt(PROCESS_MIB + files + STATE_MIB) * MEBIBYTE;
}
