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

interface Candidate {
  readonly pair: KeyPair;
  /** Since when it is trusted; undefined if it is not. */
  since: number | undefined;
}

export function createAdoption(parts: AdoptionParts): Adoption {
  const { clock } = parts;
  let serving: KeyPair | undefined;
  let trusted = false;
  let candidate: Candidate | undefined;
  /** A look that is due. */
  let due: AbortController | undefined;

  function look(): void {
    due?.abort();
    trusted = serving !== undefined && isGood(parts, serving);
    if (candidate === undefined) return;
    const wait = patience(candidate, { ...parts, hasOther: serving !== undefined, trusted });
    if (wait <= 0) {
      serving = candidate.pair;
      trusted = candidate.since !== undefined;
      candidate = undefined;
      parts.serve(serving);
    } else if (wait < Infinity) {
      due = new AbortController();
      void callIn(clock, wait, [due.signal, parts.signal], look);
    }
  }

  return {
    offer(pair) {
      if (isOf(serving, pair)) candidate = undefined;
      else if (!isOf(candidate?.pair, pair)) candidate = { pair, since: undefined };
      look();
    },
    look,
    get serving() {
      return serving;
    },
    get trusted() {
      return trusted && serving !== undefined && serving.notAfter.getTime() > clock.now();
    },
  };
}

interface Circumstances extends AdoptionParts {
  /** Whether there is something to serve in the meantime, and whether it is of any use. */
  readonly hasOther: boolean;
  readonly trusted: boolean;
}

/** How long a candidate is to wait; Infinity until something changes. */
function patience(candidate: Candidate, circumstances: Circumstances): number {
  const { bundles, clock, hasOther, trusted } = circumstances;
  candidate.since = isGood(circumstances, candidate.pair) ? (candidate.since ?? clock.now()) : undefined;
  // Something has to be served, and what nobody trusts is not worth keeping.
  if (!hasOther || bundles() === undefined) return 0;
  if (candidate.since === undefined) return Infinity;
  return trusted ? candidate.since + SETTLE_MS - clock.now() : 0;
}

function isGood({ bundles, clock }: AdoptionParts, { certPem, notAfter }: KeyPair): boolean {
  if (notAfter.getTime() <= clock.now()) return false;
  const all = bundles();
  return all === undefined || (all.length > 0 && all.every((bundle) => isTrusted(certPem, bundle)));
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
