import { KUBERNETES_REASONS } from '#platform/kubernetes/errors.ts';
import type { Metrics, MetricTable } from '#platform/metrics.ts';
import { STORE_METRICS } from '../metrics.ts';
import { SYNC_PROBLEMS } from './decide/problem.ts';

/** Where a Secret stands. */
export const SECRET_STATES = ['synced', 'failed', 'waiting'] as const;
export type SecretState = (typeof SECRET_STATES)[number];

/** Every metric of the sync. Labels are bounded: never a namespace, a name or an error's text. */
export const SYNC_METRICS = {
  sidekey_sync_build_info: {
    type: 'gauge',
    help: 'Constant 1, labelled with the version',
    labels: { version: [] },
  },
  sidekey_sync_leader: { type: 'gauge', help: '1 in the replica that syncs, 0 in those that stand by' },
  sidekey_sync_secrets: {
    type: 'gauge',
    help: 'Number of Secrets that ask to be synced, by how they stand',
    labels: { state: SECRET_STATES },
  },
  sidekey_sync_sources: {
    type: 'gauge',
    help: 'Number of places of the stores that all Secrets are made of',
  },
  sidekey_sync_results_total: {
    type: 'counter',
    help: 'What came of looking at a Secret: applied, unchanged, or each problem found',
    labels: { result: ['applied', 'unchanged', ...SYNC_PROBLEMS] },
  },
  sidekey_sync_apply_delay_seconds: {
    type: 'histogram',
    help: 'Time from learning that a Secret is not as it is to be until it is',
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
  },
  sidekey_sync_secret_age_seconds: {
    type: 'gauge',
    help: 'Time since the source that was confirmed longest ago was last read or renewed',
  },
  sidekey_sync_queue_depth: { type: 'gauge', help: 'Number of Secrets that are waiting to be looked at' },
  sidekey_sync_api_errors_total: {
    type: 'counter',
    help: 'Requests to the API server that failed, by reason; watches that had to be begun anew among them',
    labels: { reason: KUBERNETES_REASONS },
  },
  ...STORE_METRICS,
} as const satisfies MetricTable;

export type SyncMetrics = Metrics<typeof SYNC_METRICS>;
