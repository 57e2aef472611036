/**
 * Why the files could not be brought up to date. Closed, so that callers can tell all cases apart.
 *
 * - `no_space`: the volume cannot hold another generation
 * - `read_only`: it is mounted read-only
 * - `denied`: the agent's user may not write there
 * - `occupied`: something that is not the agent's stands where a file is to appear
 * - `no_volume`: there is no such directory
 * - `failed`: any other answer of the system
 */
export const RENDER_CODES = ['no_space', 'read_only', 'denied', 'occupied', 'no_volume', 'failed'] as const;

export type RenderCode = (typeof RENDER_CODES)[number];

/** The files were not changed: the set that stood before still stands. Never holds content. */
export class RenderError extends Error {
  override readonly name = 'RenderError';
  readonly code: RenderCode;

  constructor(code: RenderCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

const CODES: ReadonlyMap<string, RenderCode> = new Map([
  ['ENOSPC', 'no_space'],
  ['EDQUOT', 'no_space'],
  ['EROFS', 'read_only'],
  ['EACCES', 'denied'],
  ['EPERM', 'denied'],
]);

const REMEDIES: Readonly<Record<RenderCode, string>> = {
  no_space: 'the volume is full: raise its size limit',
  read_only: 'it is mounted read-only: mount it writable in the agent',
  denied: "the agent's user may not write there: check the volume's owner and mode",
  occupied: 'a needed name is taken',
  no_volume: 'there is no such directory: mount a volume there',
  failed: 'the system refused',
};

/** What the system answered, in our words. The system's own message is kept as the cause: it names paths, no content. */
export function renderError(volume: string, error: unknown): RenderError {
  if (error instanceof RenderError) return error;
  const system = systemCode(error);
  const code = CODES.get(system) ?? 'failed';
  return new RenderError(code, `Cannot write to ${volume}: ${REMEDIES[code]} (${system})`, error);
}

/** The same for a volume that could not even be looked at. */
export function volumeError(volume: string, error: unknown): RenderError {
  const system = systemCode(error);
  const missing = system === 'ENOENT' || system === 'ENOTDIR';
  if (!missing) return renderError(volume, error);
  return new RenderError('no_volume', `Cannot write to ${volume}: ${REMEDIES.no_volume} (${system})`, error);
}

function systemCode(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown error';
}
