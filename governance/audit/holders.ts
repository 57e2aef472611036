import { type Deliveries, type Holder, staleness } from './kept/deliveries.ts';
import type { Secret } from './kept/secrets.ts';
import { shownTime } from './line.ts';
import type { Scope } from './scope.ts';
import { shownPath } from './shown.ts';
import { whoCells } from './store/who.ts';

/** What is known of the cluster when the report ends. */
export interface Ending {
  /** In milliseconds since 1970. */
  readonly at: number;
  /** The pods that there are; undefined if nobody said. */
  readonly pods: ReadonlySet<string> | undefined;
}

interface Count {
  holders: number;
  stale: number;
}

/** Says of each secret who holds it, and who holds an old version of it. */
export function emitHolders(deliveries: Deliveries, ending: Ending, scope: Scope): void {
  const counts = new Map<Secret, Count>();
  for (const holder of deliveries.holders()) {
    if (!isThere(holder, ending, scope)) continue;
    const count = counts.get(holder.secret) ?? { holders: 0, stale: 0 };
    counts.set(holder.secret, count);
    const stale = staleness(holder);
    if (stale === undefined) count.holders += 1;
    else {
      count.stale += 1;
      emitStale(holder, stale.since, scope);
    }
  }
  for (const secret of deliveries.secrets()) emitSecret(secret, counts.get(secret), scope);
}

/** A pod that is not deleted, or a service account whose token has not ended. People hold nothing: they read. */
function isThere({ principal, lastRead, expires }: Holder, ending: Ending, { pods }: Scope): boolean {
  switch (principal.kind) {
    case 'pod':
      return (ending.pods?.has(principal.uid) ?? true) && !pods.isGone(principal.uid, principal, lastRead);
    case 'account':
      return expires >= ending.at;
    case 'other':
      return false;
  }
}

function emitStale({ principal, secret, held, lastRead }: Holder, since: number, scope: Scope): void {
  scope.emit('staleHolder', {
    ...whoCells(principal, scope),
    store: secret.store,
    path: shownPath(secret.path),
    version: held.version || undefined,
    newestVersion: secret.newest || undefined,
    staleSince: shownTime(since),
    lastRead: shownTime(lastRead),
  });
}

function emitSecret(secret: Secret, count: Count | undefined, { emit }: Scope): void {
  const { content, lastDelivery, newest, path, store, versions } = secret;
  const since = versions.get(newest) ?? content?.since;
  emit('secret', {
    store,
    path: shownPath(path),
    newestVersion: newest || undefined,
    since: since === undefined ? undefined : shownTime(since),
    holders: count?.holders ?? 0,
    staleHolders: count?.stale ?? 0,
    lastDelivery: lastDelivery === undefined ? undefined : shownTime(lastDelivery),
  });
}
