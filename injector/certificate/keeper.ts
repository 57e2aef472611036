import type { X509Certificate } from 'node:crypto';
import { textIn, objectIn } from '#contract/json.ts';
import type { Clock } from '#platform/clock.ts';
import { applyObject } from '#platform/kubernetes/apply.ts';
import { backoffMs } from '#platform/kubernetes/backoff.ts';
import type { Kubernetes } from '#platform/kubernetes/client.ts';
import { KubernetesError } from '#platform/kubernetes/errors.ts';
import type { Log } from '#platform/log.ts';
import { type Configurations, FIELD_MANAGER } from '../cluster/configurations.ts';
import type { Doorbell } from '../cluster/doorbell.ts';
import type { Followed } from '../cluster/follow.ts';
import { type Kept, type KeptText, readKept, secretOf } from './kept.ts';
import { type CertificateStep, planCertificates } from './plan.ts';
import { isSame } from './trust.ts';

/** How certificates are to be, and where they are kept. Times in milliseconds. */
export interface CertificateTerms {
  readonly namespace: string;
  /** Of the Secret. */
  readonly secret: string;
  readonly names: readonly string[];
  readonly authorityLifeMs: number;
  readonly leafLifeMs: number;
  /** How long an authority stays trusted after another has taken its place. */
  readonly overlapMs: number;
}

export interface KeeperParts {
  readonly terms: CertificateTerms;
  readonly kubernetes: Kubernetes;
  readonly secret: Followed;
  readonly configurations: Configurations;
  readonly doorbell: Doorbell;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** Told of each certificate that was made. */
  readonly made: (what: 'authority' | 'leaf') => void;
}

/** Nothing is far enough away to be waited for longer, should a clock be set. */
const LONGEST_WAIT_MS = 6 * 3_600_000;

/**
 * Keeps authority, certificate and what the API server trusts in line, until the signal is aborted. To be done by the leader
 * alone; if two should, the API server takes the Secret of one of them, and no replica serves what is not trusted.
 *
 * @throws {unknown} The signal's reason, in the end.
 */
export async function keepCertificates(parts: KeeperParts, lost: AbortSignal): Promise<void> {
  const { clock, random, doorbell, log } = parts;
  const seen: Seen = { trustedSince: undefined, newest: undefined };
  let failures = 0;
  for (;;) {
    try {
      const wait = await act(parts, seen, lost);
      failures = 0;
      await doorbell.wait(Math.min(wait, LONGEST_WAIT_MS), lost);
    } catch (error) {
      lost.throwIfAborted();
      if (!(error instanceof KubernetesError)) throw error;
      failures += 1;
      log.warn({ reason: error.reason, explanation: error.message }, 'Cannot keep the certificates');
      await clock.sleep(backoffMs(failures, random, error.retryAfterMs), lost);
    }
  }
}

/** What is remembered from one look to the next. */
interface Seen {
  newest: X509Certificate | undefined;
  trustedSince: number | undefined;
}

/** Does one thing, and says how long there is nothing else to do. */
async function act(parts: KeeperParts, seen: Seen, lost: AbortSignal): Promise<number> {
  const { secret, configurations, clock, terms } = parts;
  if (!secret.synced || !configurations.synced) return Infinity;
  const kept = secret.object && readKept(secret.object);
  observe(seen, kept, parts);
  const now = clock.now();
  const state = { kept, trustedSince: seen.trustedSince, names: terms.names, overlapMs: terms.overlapMs };
  const step = planCertificates({ ...state, inForce: configurations.bundles.flat() }, now);
  if (step.kind !== 'wait') {
    await write(parts, step, lost);
    return 0;
  }
  if (kept !== undefined && (await configurations.trust(pemOf(kept.authorities), lost))) {
    parts.log.info('Told the API server whom to trust');
    return 0;
  }
  return Math.max(0, step.until - now);
}

/** Notes since when the newest authority is trusted by all. */
function observe(seen: Seen, kept: Kept | undefined, { configurations, clock }: KeeperParts): void {
  const newest = kept?.authorities[0];
  const isKnown = newest !== undefined && seen.newest !== undefined && isSame(newest, seen.newest);
  const { bundles } = configurations;
  const isTrusted =
    newest !== undefined &&
    bundles.length > 0 &&
    bundles.every((bundle) => bundle.some((one) => isSame(one, newest)));
  seen.newest = newest;
  seen.trustedSince = isTrusted ? ((isKnown ? seen.trustedSince : undefined) ?? clock.now()) : undefined;
}

async function write(
  parts: KeeperParts,
  step: Exclude<CertificateStep, { readonly kind: 'wait' }>,
  lost: AbortSignal,
): Promise<void> {
  const { terms, secret, kubernetes, log } = parts;
  const object = secretOf({ namespace: terms.namespace, name: terms.secret }, await textOf(parts, step));
  const version = textIn(objectIn(secret.object ?? {}, 'metadata'), 'resourceVersion');
  const metadata = { ...objectIn(object, 'metadata'), ...(version !== '' && { resourceVersion: version }) };
  const path = `/api/v1/namespaces/${terms.namespace}/secrets/${terms.secret}`;
  const application = { path, object: { ...object, metadata }, fieldManager: FIELD_MANAGER, force: true };
  secret.note(await applyObject(kubernetes, application, lost));
  if (step.kind !== 'forget') parts.made(step.kind);
  log.info({ step: step.kind }, DONE[step.kind]);
}

const DONE = {
  authority: 'Made an authority and a certificate',
  leaf: 'Made a certificate',
  forget: 'Let the old authorities go',
} as const;

async function textOf(
  { terms, clock }: KeeperParts,
  step: Exclude<CertificateStep, { readonly kind: 'wait' }>,
): Promise<KeptText> {
  if (step.kind === 'forget') {
    const { authorities, authorityKeyPem, leaf } = step.kept;
    return { authoritiesPem: pemOf(authorities.slice(0, 1)), authorityKeyPem, ...leafText(leaf) };
  }
  // Loaded by the leader alone, and when there is something to be made.
  const { issueLeaf, makeAuthority } = await import('./issue.ts');
  const now = new Date(clock.now());
  const [authority, others] =
    step.kind === 'leaf'
      ? [authorityOf(step.kept), step.kept.authorities.slice(1)]
      : [await makeAuthority({ now, lifeMs: terms.authorityLifeMs }), step.trusting];
  const leaf = await issueLeaf({ now, lifeMs: terms.leafLifeMs, names: terms.names, authority });
  return {
    authoritiesPem: `${authority.certPem}${pemOf(others)}`,
    authorityKeyPem: authority.keyPem,
    ...leafText(leaf),
  };
}

const leafText = ({ certPem, keyPem }: { readonly certPem: string; readonly keyPem: string }) => ({
  certPem,
  keyPem,
});

const authorityOf = ({ authorities: [newest], authorityKeyPem }: Kept) => ({
  certPem: pemOf([newest]),
  keyPem: authorityKeyPem,
});

const pemOf = (certificates: readonly X509Certificate[]): string =>
  certificates.map((one) => one.toString()).join('');
