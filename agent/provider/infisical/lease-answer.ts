import { mapAt, stringAt, type ValueMap } from '../../value/value.ts';
import { ProviderError } from '../errors.ts';
import { malformed, succeeded } from '../http/refusal.ts';
import type { Answer } from '../http/transport.ts';
import { bodyOf } from './answer.ts';
import { refusal, refusalText } from './errors.ts';

/** A lease as an answer tells of it. */
export interface ToldLease {
  readonly id: string;
  /** Milliseconds until it ends, as the server sees it. */
  readonly leftMs: number;
}

/** A lease that was made, and what it is a lease of. */
export interface MadeLease extends ToldLease {
  readonly data: ValueMap;
  /** The kind of dynamic secret, such as `sql-database`. */
  readonly type: string;
}

/** What the server says to a request for a lease, and what to do about it. The first that fits counts. */
const CAUSES: readonly [RegExp, string][] = [
  [
    /plan restriction/iu,
    'the server has no licence for dynamic secrets; give it one (self-hosted, too), or use static secrets',
  ],
  [/larger than max ttl/iu, 'the TTL is longer than the dynamic secret allows; ask for less'],
  [
    /max lease limit/iu,
    'there are as many leases of it as the server allows; revoke some, or raise the limit',
  ],
];

/** @param now Milliseconds since the epoch, should the answer not tell what time it is. */
export function readMade(answer: Answer, doing: string, now: () => number): MadeLease {
  if (!succeeded(answer)) throw makingRefusal(answer, doing);
  const body = bodyOf(answer, doing, '');
  const told = leaseAt(body, answer, { doing, now });
  const data = mapAt(body, 'data');
  if (!data) throw malformed(doing, 'data');
  if (told.leftMs <= 0)
    throw new ProviderError('invalid_response', `Cannot ${doing}: the lease has ended before it began`);
  const secret = mapAt(body, 'dynamicSecret');
  return { ...told, data, type: (secret && stringAt(secret, 'type')) ?? '' };
}

function makingRefusal(answer: Answer, doing: string): ProviderError {
  const cause = CAUSES.find(([pattern]) => pattern.test(refusalText(answer)))?.[1];
  if (answer.status === 400 && cause !== undefined)
    return new ProviderError('forbidden', `Cannot ${doing}: ${cause}`);
  if (answer.status === 422)
    return new ProviderError(
      'invalid_request',
      `Cannot ${doing}: the server refuses the request (422); a TTL is a minute or more, such as 90s, 15m, 1h or 2d`,
    );
  return refusal(answer, doing, 'there is no such dynamic secret; check project, environment, path and name');
}

/**
 * The lease in the answer to a renewal, or to the question before it.
 *
 * @throws {ProviderError} `lease_gone` if it cannot be prolonged: it has ended, or would pass its maximum TTL.
 */
export function readProlonged(answer: Answer, now: () => number): ToldLease {
  const doing = 'renew the lease';
  const gone = new ProviderError('lease_gone', `Cannot ${doing}: it has ended or met its maximum TTL`);
  if ([400, 404, 422].includes(answer.status)) throw gone;
  if (!succeeded(answer)) throw refusal(answer, doing, '');
  const told = leaseAt(bodyOf(answer, doing, ''), answer, { doing, now });
  if (told.leftMs <= 0) throw gone;
  return told;
}

/**
 * @throws {ProviderError} `server_error` if the credentials could not be deleted. A lease that is gone is revoked.
 */
export function readRevoked(answer: Answer): void {
  if (answer.status === 404) return;
  const lease = mapAt(bodyOf(answer, 'revoke the lease', ''), 'lease');
  if (lease && stringAt(lease, 'status') === 'Failed to delete')
    throw new ProviderError(
      'server_error',
      'Cannot revoke the lease: the server cannot delete its credentials now, and goes on trying by itself',
    );
}

interface Reader {
  readonly doing: string;
  readonly now: () => number;
}

/**
 * The time left is told by the server's clock: by the answer's date or, where a proxy drops it, by when the lease was last
 * changed. Only where there is neither, by ours.
 */
function leaseAt(body: ValueMap, { headers }: Answer, { doing, now }: Reader): ToldLease {
  const lease = mapAt(body, 'lease') ?? new Map();
  const id = stringAt(lease, 'id');
  const end = Date.parse(stringAt(lease, 'expireAt') ?? '');
  if (!id || Number.isNaN(end)) throw malformed(doing, 'lease');
  const clocks = [headers.date, stringAt(lease, 'updatedAt')].map((date) => Date.parse(date ?? ''));
  return { id, leftMs: end - (clocks.find((date) => !Number.isNaN(date)) ?? now()) };
}
