import type { X509Certificate } from 'node:crypto';
import type { Clock } from '#platform/clock.ts';
import type { KeyPair } from '../server/certificate.ts';
import { isTrusted } from './trust.ts';

/** Which key pair this replica serves: a new one only when the API server is known to trust it. */
export interface Adoption {
  /** A key pair that is to be served as soon as it can be. */
  offer(pair: KeyPair): void;
  /** Whom the API server trusts has changed. */
  look(): void;
  /** What is served. */
  readonly serving: KeyPair | undefined;
  /** True if what is served is past its end. */
  readonly ended: boolean;
  /** False if the API server would refuse what is served. */
  readonly trusted: boolean;
}

export interface AdoptionParts {
  /** For each webhook of the cluster, whom the API server trusts; undefined if that is not known, and not asked. */
  readonly bundles: () => readonly (readonly X509Certificate[])[] | undefined;
  readonly serve: (pair: KeyPair) => void;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Several API servers learn of a change one after the other; none takes longer than this. */
const SETTLE_MS = 5000;

/** What is remembered from one look to the next. */
interface Seen {
  /** Whom the API server trusts, in short, and since when. */
  trust: string;
  since: number;
}

export function createAdoption(parts: AdoptionParts): Adoption {
  const { clock } = parts;
  const seen: Seen = { trust: '', since: -Infinity };
  let serving: KeyPair | undefined;
  let trusted = false;
  let candidate: KeyPair | undefined;
  /** A look that is due. */
  let due: AbortController | undefined;

  function look(): void {
    due?.abort();
    observe(seen, parts);
    trusted = serving !== undefined && isGood(parts, serving);
    if (candidate === undefined) return;
    const wait = patience(candidate, { ...parts, seen, hasOther: serving !== undefined, trusted });
    if (wait <= 0) {
      serving = candidate;
      trusted = isGood(parts, serving);
      candidate = undefined;
      parts.serve(serving);
    } else if (wait < Infinity) {
      due = new AbortController();
      void callIn(clock, wait, [due.signal, parts.signal], look);
    }
  }

  return {
    offer(pair) {
      candidate = isOf(serving, pair) ? undefined : pair;
      look();
    },
    look,
    get serving() {
      return serving;
    },
    get ended() {
      return serving !== undefined && hasEnded(serving, clock);
    },
    get trusted() {
      return trusted && serving !== undefined && !hasEnded(serving, clock);
    },
  };
}

function observe(seen: Seen, { bundles, clock }: AdoptionParts): void {
  const trust = JSON.stringify(bundles()?.map((bundle) => bundle.map((one) => one.fingerprint256)));
  if (trust === seen.trust) return;
  seen.trust = trust;
  seen.since = clock.now();
}

interface Circumstances extends AdoptionParts {
  readonly seen: Seen;
  /** Whether there is something to serve in the meantime, and whether it is of any use. */
  readonly hasOther: boolean;
  readonly trusted: boolean;
}

/** How long a candidate is to wait; Infinity until something changes. */
function patience(candidate: KeyPair, circumstances: Circumstances): number {
  const { bundles, clock, seen, hasOther, trusted } = circumstances;
  // Something has to be served, and what nobody trusts is not worth keeping.
  if (!hasOther || bundles() === undefined) return 0;
  if (!isGood(circumstances, candidate)) return Infinity;
  return trusted ? seen.since + SETTLE_MS - clock.now() : 0;
}

const hasEnded = ({ notAfter }: KeyPair, clock: Clock): boolean => notAfter.getTime() <= clock.now();

function isGood({ bundles, clock }: AdoptionParts, pair: KeyPair): boolean {
  if (hasEnded(pair, clock)) return false;
  const all = bundles();
  return all === undefined || (all.length > 0 && all.every((bundle) => isTrusted(pair.certPem, bundle)));
}

/** Calls after a while, unless either signal is aborted before. */
async function callIn(
  clock: Clock,
  ms: number,
  signals: readonly [AbortSignal, AbortSignal],
  call: () => void,
): Promise<void> {
  try {
    await clock.sleep(ms, AbortSignal.any([...signals]));
  } catch {
    return;
  }
  call();
}

const isOf = (one: KeyPair | undefined, other: KeyPair): boolean =>
  one?.certPem === other.certPem && one.keyPem === other.keyPem;
