/** Why a request was not even looked at as an admission review, with the HTTP status that says so. */
const STATUS = {
  not_found: 404,
  method_not_allowed: 405,
  too_large: 413,
  unsupported_media_type: 415,
  empty: 400,
  not_json: 400,
  not_a_review: 400,
  malformed: 400,
  interrupted: 400,
  busy: 503,
} as const;

/** Asked to come again after some seconds, the API server's client does, for as long as it may wait. */
const HEADERS: Readonly<Partial<Record<RefusalReason, readonly [string, string]>>> = {
  method_not_allowed: ['allow', 'POST'],
  busy: ['retry-after', '1'],
};

export type RefusalReason = keyof typeof STATUS;

// The keys of a literal object are exactly its type's.
export const REFUSAL_REASONS = Object.keys(STATUS) as RefusalReason[];

/** A request that gets an HTTP error. Its message is for the sender and holds nothing of the body. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly reason: RefusalReason;
  readonly status: number;

  constructor(reason: RefusalReason, message: string) {
    super(message);
    this.reason = reason;
    this.status = STATUS[reason];
  }

  /** What the answer says of itself. */
  get headers(): readonly (readonly [string, string])[] {
    const header = HEADERS[this.reason];
    return header === undefined ? [] : [header];
  }

  /** A Kubernetes `Status`: the API server shows its message to whoever made the pod, and none of another form. */
  toJSON(): object {
    return {
      apiVersion: 'v1',
      kind: 'Status',
      metadata: {},
      status: 'Failure',
      message: `sidekey: ${this.message}`,
      code: this.status,
    };
  }
}
