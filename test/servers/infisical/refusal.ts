import { type RefusalKind, REFUSALS } from './refusals.ts';

/** A refusal in the server's envelope. */
export class Refusal extends Error {
  readonly kind: RefusalKind;
  readonly names: readonly [string, string];

  /** @param names What the message names. */
  constructor(kind: keyof typeof REFUSALS, ...names: readonly string[]) {
    super(kind);
    this.kind = REFUSALS[kind];
    this.names = [names[0] ?? '', names[1] ?? ''];
  }

  get body(): object {
    const { status, error, message } = this.kind;
    return { reqId: 'req-00000000000000', statusCode: status, message: message(...this.names), error };
  }
}
