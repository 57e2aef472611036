import type { Adoption } from './certificate/adoption.ts';
import type { Cluster } from './cluster/join.ts';
import type { LoopGuard } from './server/loop-lag.ts';

/** What the process knows of itself. */
export interface Health {
  /** Why no request can be taken yet; undefined as soon as the port is open. */
  waiting: string | undefined;
  leaving: boolean;
}

export interface Circumstances {
  readonly health: Health;
  readonly adoption: Adoption;
  readonly cluster: Cluster | undefined;
  readonly guard: LoopGuard;
}

/** Why no request is to be sent here, for a person to read; undefined if any may. */
export function unreadiness({ health, adoption, cluster, guard }: Circumstances): string | undefined {
  if (health.leaving) return 'Shutting down';
  if (health.waiting !== undefined) return health.waiting;
  const late = guard.lateBy();
  if (late !== undefined) return `Too busy to answer in time: timers are ${late.toFixed(1)} s late`;
  if (adoption.ended)
    return `The certificate has ended (${adoption.serving?.notAfter.toISOString() ?? 'none'})`;
  return cluster && unknowns(cluster, adoption);
}

function unknowns(
  { namespaces, limitRanges, configurations }: Cluster,
  adoption: Adoption,
): string | undefined {
  if (!namespaces.synced) return 'Looking what namespaces say of their pods';
  if (limitRanges?.synced === false) return 'Looking what LimitRanges there are';
  if (!configurations.synced) return 'Looking whom the API server trusts';
  const { missing } = configurations;
  if (missing.length > 0)
    return `The API server asks no injector: there is no MutatingWebhookConfiguration ${missing.join(', ')}; apply the manifests`;
  return adoption.trusted ? undefined : UNTRUSTED;
}

const UNTRUSTED =
  'The API server does not trust the certificate that is served: wait for the leader, or look at the caBundle of the webhook configurations';
