/** In nano-bytes, as all amounts are in nano-units. */
export const MEBIBYTE = 1_048_576n * 1_000_000_000n;

/** MiB that the files of a directory may take, both generations of them during a swap. */
const SECRETS_MIB = 16;
/** MiB for the agent's saved state, old and new while it is replaced. */
const STATE_MIB = 16;
/** MiB of the agent itself. */
const PROCESS_MIB = 96;

const mebibytes = (amount: number): string => `${amount}Mi`;

export const SECRETS_SIZE = mebibytes(SECRETS_MIB);
export const STATE_SIZE = mebibytes(STATE_MIB);

/**
 * What the agent may take in all, with so many directories of files: a tmpfs is charged to whoever writes it, so a limit
 * without room for full volumes would kill the agent instead of a write.
 */
export function memoryLimit(directories: number): bigint {
  return BigInt(PROCESS_MIB + directories * SECRETS_MIB + STATE_MIB) * MEBIBYTE;
}
