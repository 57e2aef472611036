/**
 * Why the API server did not do what was asked. Closed, for it labels metrics.
 *
 * - `unreachable`: no connection, or none that lasted to the end of the answer
 * - `timeout`: no whole answer in time
 * - `unauthorized`: the token is not accepted, or cannot be read
 * - `forbidden`: RBAC, an admission policy, a webhook or a quota does not allow it
 * - `not_found`: no such object, or no such kind
 * - `conflict`: the object is there already, has changed meanwhile, or a field of it belongs to another manager
 * - `gone`: the resource version is too old, or not known: list again
 * - `invalid`: refused as malformed, or as contrary to the kind's rules
 * - `rate_limited`: 429
 * - `server_error`: any other 5xx
 * - `invalid_response`: not what the API promises, or more than is read
 */
export const KUBERNETES_REASONS = [
  'unreachable',
  'timeout',
  'unauthorized',
  'forbidden',
  'not_found',
  'conflict',
  'gone',
  'invalid',
  'rate_limited',
  'server_error',
  'invalid_response',
] as const;

export type KubernetesReason = (typeof KUBERNETES_REASONS)[number];

/** Faults that pass by themselves; all others need another request, or somebody to change something. */
const TRANSIENT: ReadonlySet<KubernetesReason> = new Set([
  'unreachable',
  'timeout',
  'rate_limited',
  'server_error',
]);

/**
 * What a conflict (409) is about.
 *
 * - `exists`: an object of this name is there already
 * - `owned`: another field manager owns a field, and the request does not force it
 * - `changed`: the object's resourceVersion or uid is not the one in the request; also said of an object that is gone
 */
export type Conflict = 'exists' | 'owned' | 'changed';

/** What is known of a refusal beside its reason. */
export interface KubernetesErrorDetails {
  /** The HTTP status, if there was an answer. */
  readonly status?: number;
  /** How long the server asks to be left alone, in milliseconds. */
  readonly retryAfterMs?: number;
  readonly conflict?: Conflict;
  /** Paths of the fields that the server objects to, such as `data[token]`. Never what they hold. */
  readonly fields?: readonly string[];
}

/**
 * The API server's refusal or silence. The message says what could not be done, why, and what to do; of the server's own
 * words it has only names, because a server quotes what it refuses, and that may be a secret.
 */
export class KubernetesError extends Error {
  override readonly name = 'KubernetesError';
  readonly reason: KubernetesReason;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly conflict: Conflict | undefined;
  readonly fields: readonly string[];

  constructor(reason: KubernetesReason, message: string, details: KubernetesErrorDetails = {}) {
    super(message);
    this.reason = reason;
    this.status = details.status;
    this.retryAfterMs = details.retryAfterMs;
    this.conflict = details.conflict;
    this.fields = details.fields ?? [];
  }

  /** True if the same request may succeed later without anybody's help. */
  get transient(): boolean {
    return TRANSIENT.has(this.reason);
  }
}
