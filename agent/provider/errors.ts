/**
 * Why a store did not answer. Closed, for it labels metrics.
 *
 * - `unreachable`: no connection (refused, reset, name not found, TLS failure)
 * - `timeout`: no whole answer in time
 * - `sealed`: the server is sealed, standing by or not initialised
 * - `rate_limited`: 429
 * - `server_error`: any other 5xx
 * - `login_refused`: the role, audience or service account is not accepted
 * - `token_invalid`: the session's token is no longer good: log in anew
 * - `forbidden`: the policy does not allow it
 * - `not_found`: nothing at that path
 * - `lease_gone`: the lease cannot be renewed any more
 * - `invalid_request`: refused as malformed
 * - `invalid_response`: not what the API promises
 * - `too_large`: the answer passes the size limit
 */
export const FAILURE_CODES = [
  'unreachable',
  'timeout',
  'sealed',
  'rate_limited',
  'server_error',
  'login_refused',
  'token_invalid',
  'forbidden',
  'not_found',
  'lease_gone',
  'invalid_request',
  'invalid_response',
  'too_large',
] as const;

export type FailureCode = (typeof FAILURE_CODES)[number];

/** Faults that pass by themselves; all others need somebody to change something. */
const TRANSIENT: ReadonlySet<FailureCode> = new Set([
  'unreachable',
  'timeout',
  'sealed',
  'rate_limited',
  'server_error',
  'token_invalid',
  'lease_gone',
]);

interface Details {
  /** From `Retry-After`. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** A store's refusal or silence. The message says what to do about it and never holds a secret or a response body. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly code: FailureCode;
  readonly retryAfterMs: number | undefined;

  constructor(code: FailureCode, message: string, { retryAfterMs, cause }: Details = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }

  get transient(): boolean {
    return TRANSIENT.has(this.code);
  }
}
