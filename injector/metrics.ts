import { ACCELERATOR_TITLES } from '#contract/accelerators.ts';
import { createMetrics, type Metrics, type MetricTable } from '#platform/metrics.ts';
import { KUBERNETES_REASONS } from '#platform/kubernetes/errors.ts';
import { VERSION } from '#platform/version.ts';
import { LIMIT_RULES } from './annotations/limit-rule.ts';
import type { CountedAccelerator } from './pod/accelerators.ts';
import { SKIP_REASONS } from './pod/decide.ts';
import { watchLoopLag } from './server/loop-lag.ts';
import { REFUSAL_REASONS } from './server/refusal.ts';

/** Every result of a request with the reasons it may have: together, all series of the requests' counter. */
const RESULTS = {
  injected: ['run', 'init', 'unchanged'],
  skipped: Object.keys(SKIP_REASONS),
  denied: ['invalid'],
  refused: REFUSAL_REASONS,
  failed: ['internal'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** What injected pods compute on: as many series as there are kinds, and one for those without. */
const ACCELERATORS: readonly CountedAccelerator[] = ['none', ...ACCELERATOR_TITLES.keys()];

export type Result = keyof typeof RESULTS;

/** Every metric of the injector. Labels are bounded: never a namespace, a name or an annotation. */
export const INJECTOR_METRICS = {
  sidekey_injector_build_info: {
    type: 'gauge',
    help: 'Constant 1, labelled with the version',
    labels: { version: [] },
  },
  sidekey_injector_requests_total: {
    type: 'counter',
    help: 'Requests to the webhook: what became of them, and why',
    labels: { result: Object.keys(RESULTS), reason: [] },
  },
  sidekey_injector_injected_pods_total: {
    type: 'counter',
    help: 'Pods that were given an agent, by the kind of the first accelerator that they ask for; dry runs included',
    labels: { accelerator: ACCELERATORS },
  },
  sidekey_injector_request_duration_seconds: {
    type: 'histogram',
    help: 'Time from the last byte of a review to its answer',
    buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5],
  },
  sidekey_injector_inflight_requests: { type: 'gauge', help: 'Requests that are being received or answered' },
  sidekey_injector_patch_bytes: {
    type: 'histogram',
    help: 'Size of the JSON patches',
    buckets: [1024, 2048, 4096, 8192, 16_384, 65_536, 262_144],
  },
  sidekey_injector_policy_denials_total: {
    type: 'counter',
    help: 'Limits of operator or namespace that denied pods went beyond',
    labels: { rule: LIMIT_RULES },
  },
  sidekey_injector_cert_not_after_timestamp_seconds: {
    type: 'gauge',
    help: "When the webhook's certificate ends (Unix time)",
  },
  sidekey_injector_ca_bundle_in_sync: {
    type: 'gauge',
    help: 'Whether both webhook configurations trust the certificate that is served: 1 or 0',
  },
  sidekey_injector_config_last_reload_success: {
    type: 'gauge',
    help: 'Whether the last certificate that was there, in files or in the Secret, can be used: 1 or 0',
  },
  sidekey_injector_certificates_made_total: {
    type: 'counter',
    help: 'Certificates that this replica has made as the leader',
    labels: { what: ['authority', 'leaf'] },
  },
  sidekey_injector_leader: { type: 'gauge', help: 'Whether this replica keeps the certificates: 1 or 0' },
  sidekey_injector_namespaces: { type: 'gauge', help: 'Namespaces that are known' },
  sidekey_injector_api_errors_total: {
    type: 'counter',
    help: 'Faults between the injector and the API server, none of them while a pod waits',
    labels: { reason: KUBERNETES_REASONS },
  },
  sidekey_injector_events_lost_total: {
    type: 'counter',
    help: 'Events that nobody will see, for there were too many or the API server did not take them',
  },
  sidekey_injector_event_loop_lag_seconds: {
    type: 'gauge',
    help: 'How much later than due timers ran, 99th percentile since the last scrape',
  },
} as const satisfies MetricTable;

export type InjectorMetrics = Metrics<typeof INJECTOR_METRICS>;

/**
 * The injector's metrics. Each series of the requests' counter that there can be begins at zero, so that `rate()` works
 * from the first scrape.
 */
export function createInjectorMetrics(load: { readonly requests: number }): InjectorMetrics {
  const metrics = createMetrics(INJECTOR_METRICS);
  for (const [result, reasons] of Object.entries(RESULTS)) {
    for (const reason of reasons) metrics.increment('sidekey_injector_requests_total', { result, reason }, 0);
  }
  metrics.set('sidekey_injector_build_info', 1, { version: VERSION });
  const lag = watchLoopLag();
  metrics.onCollect(() => {
    metrics.set('sidekey_injector_inflight_requests', load.requests);
    metrics.set('sidekey_injector_event_loop_lag_seconds', lag());
  });
  return metrics;
}
