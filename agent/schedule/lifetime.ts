/**
 * How long a secret or a token is good for, in words the scheduler understands whatever the store.
 * Durations are milliseconds from the moment the answer arrived.
 */
export type Lifetime =
  /** A lease: gone after `ttlMs` unless renewed, and with the token that made it unless it is `lasting`. */
  | { readonly kind: 'leased'; readonly ttlMs: number; readonly renewable: boolean; readonly lasting?: true }
  /** Ends by itself (a certificate) and is to be read anew. */
  | { readonly kind: 'expiring'; readonly ttlMs: number }
  /** Replaced by its store after `ttlMs` (a static role's password), and not before it: read again right then. */
  | { readonly kind: 'rotating'; readonly ttlMs: number }
  /** May change at any time without notice: read again at the poll interval, or at that of its own. */
  | { readonly kind: 'polled'; readonly everyMs?: number }
  /** Made anew by each read (a signature, a one-time code): not read again unless asked. */
  | { readonly kind: 'static' }
  /** Can be read a single time, as what is wrapped: never read again. */
  | { readonly kind: 'once' };

/** A lifetime that has begun. Plain data, for it is saved and resumed. */
export interface Term {
  /** As granted last. */
  readonly lifetime: Lifetime;
  /** When that was, in milliseconds since the epoch. */
  readonly grantedAt: number;
  /** What the first grant gave; a renewal that gives clearly less has met the maximum TTL. 0 if it has no end. */
  readonly firstTtlMs: number;
}

/** Time is up for a renewal when this share of the life is left: from then on only a replacement keeps a third in hand. */
const REPLACE_SHARE = 0.4;

/** A renewal below this share of the first TTL was cut by the maximum TTL; above, it was rounded. */
const CAPPED_SHARE = 0.9;

/** Nothing is renewed or read more often than this, however short a life the store grants. */
const SHORTEST_WAIT_MS = 500;

/** Half a life is time enough to try again; up to a tenth of it is left to chance. */
const USUAL_SHARE = 0.5;

/** A lifetime as first granted. */
export function beginTerm(granted: Lifetime, now: number): Term {
  const lifetime = whole(granted);
  return { lifetime, grantedAt: now, firstTtlMs: 'ttlMs' in lifetime ? lifetime.ttlMs : 0 };
}

/** The same lease after a renewal. */
export function renewTerm(term: Term, lifetime: Lifetime, now: number): Term {
  return { lifetime: whole(lifetime), grantedAt: now, firstTtlMs: term.firstTtlMs };
}

/** In whole milliseconds, for terms are saved. */
function whole(lifetime: Lifetime): Lifetime {
  return 'ttlMs' in lifetime ? { ...lifetime, ttlMs: Math.floor(lifetime.ttlMs) } : lifetime;
}

/** The same lease once the store has refused to renew it. */
export function refuseRenewal(term: Term): Term {
  const { lifetime } = term;
  return lifetime.kind === 'leased' ? { ...term, lifetime: { ...lifetime, renewable: false } } : term;
}

/** When it ends (milliseconds since the epoch), or `Infinity`. */
export function endOf({ lifetime, grantedAt }: Term): number {
  return 'ttlMs' in lifetime ? grantedAt + lifetime.ttlMs : Number.POSITIVE_INFINITY;
}

/** When renewing is given up for replacing, so that at least a third of the life is left then. */
export function replaceAt({ lifetime, grantedAt }: Term): number {
  return 'ttlMs' in lifetime ? grantedAt + lifetime.ttlMs * (1 - REPLACE_SHARE) : Number.POSITIVE_INFINITY;
}

const isLeased = ({ lifetime }: Term): boolean => lifetime.kind === 'leased';

/** True for a lease that goes on when the token that made it ends: it is renewed under any other of the store. */
export const isLasting = ({ lifetime }: Term): boolean =>
  lifetime.kind === 'leased' && lifetime.lasting === true;

/** True for a lease that ends with the token that made it. */
export const endsWithToken = (term: Term): boolean => isLeased(term) && !isLasting(term);

/** True as long as a renewal is worth asking for: the store allows it and has not met the maximum TTL. */
export function isRenewable({ lifetime, firstTtlMs }: Term): boolean {
  return lifetime.kind === 'leased' && lifetime.renewable && lifetime.ttlMs >= firstTtlMs * CAPPED_SHARE;
}

/**
 * When to renew, replace or read again. What ends is seen to when 45 to 50 % of its life have passed, what has met its
 * maximum at once, what is polled after 90 to 100 % of the interval: never later, so that a change is never late.
 *
 * @param intervalMs How often what has no end is read; `Infinity` if not at all.
 * @param share After which part of its life what cannot be renewed is due, if somebody has asked for one.
 */
export function dueAt(term: Term, intervalMs: number, random: () => number, share?: number): number {
  const { lifetime, grantedAt, firstTtlMs } = term;
  switch (lifetime.kind) {
    case 'leased':
    case 'expiring': {
      const capped = lifetime.kind === 'leased' && lifetime.ttlMs < firstTtlMs * CAPPED_SHARE;
      return capped ? grantedAt : grantedAt + partOf(lifetime.ttlMs, mostOf(term, share), random);
    }
    case 'rotating':
      return grantedAt + Math.min(rotatedAfter(lifetime.ttlMs, random), turnAfter(intervalMs, random));
    case 'polled':
    case 'static':
      return grantedAt + turnAfter(intervalMs, random);
    case 'once':
      return Number.POSITIVE_INFINITY;
  }
}

const mostOf = (term: Term, asked = USUAL_SHARE): number => (isRenewable(term) ? USUAL_SHARE : asked);

const partOf = (ttlMs: number, most: number, random: () => number): number =>
  Math.max(SHORTEST_WAIT_MS, Math.floor(ttlMs * most * (0.9 + 0.1 * random())));

const turnAfter = (intervalMs: number, random: () => number): number =>
  Number.isFinite(intervalMs) ? Math.floor(intervalMs * (0.9 + 0.1 * random())) : intervalMs;

/**
 * A store names the time of a rotation in whole seconds, and rotates some seconds after it. It is asked as soon as that
 * time has come and then every second at most, so that nobody holds a dead password for longer.
 */
const rotatedAfter = (ttlMs: number, random: () => number): number =>
  ttlMs + (ttlMs > 0 ? 0 : SHORTEST_WAIT_MS) + Math.floor(SHORTEST_WAIT_MS * random());
