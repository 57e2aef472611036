interface Details {
  /** False if trying again soon is of no use. */
  readonly transient?: boolean;
  readonly retryAfterMs?: number | undefined;
}

/** Why a target could not be told. The message never holds what a file holds, nor what a server or a program said. */
export class NotifyError extends Error {
  override readonly name = 'NotifyError';
  readonly transient: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, { transient = true, retryAfterMs }: Details = {}) {
    super(message);
    this.transient = transient;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The system's code of an error; all that is shown of one. */
export function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown error';
}
