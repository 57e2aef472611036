import { syncDeployment } from './deployment.ts';
import { syncGuard } from './guard.ts';
import { syncRights } from './rights.ts';
import { CONFIG_FILE, inNamespace, SYNC_LABELS, syncConfigText, type SyncOptions } from './settings.ts';

/**
 * What installs `agent sync` in a namespace that is there. Deterministic. The guard comes first: the account is never without
 * it.
 *
 * @throws {Error} If the agent would not take its configuration.
 */
export function syncManifests(options: SyncOptions): readonly object[] {
  const { namespace } = options;
  const metadata = inNamespace(namespace);
  const config = syncConfigText(options);
  return [
    ...syncGuard(namespace),
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false },
    ...syncRights(namespace),
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { [CONFIG_FILE]: config } },
    syncDeployment(options, config),
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata,
      spec: { maxUnavailable: 1, selector: { matchLabels: SYNC_LABELS } },
    },
  ];
}
