import type { ReloadKind } from '#contract/reload.ts';
import type { Metrics } from '#platform/metrics.ts';
import { VERSION } from '#platform/version.ts';
import type { AGENT_METRICS } from './metrics.ts';
import { notificationMeters } from './notify/meters.ts';
import type { Step } from './run.ts';
import { firstEnd, isUpToDate, oldestConfirmation, tokenEnd } from './schedule/outlook.ts';
import type { AgentState } from './schedule/state.ts';
import type { Suspension } from './suspension.ts';

export type AgentMetrics = Metrics<typeof AGENT_METRICS>;

/** What takes some of the room: an agent has less than 60 series in all. */
interface Beside {
  /** In which ways somebody is told of changes. */
  readonly kinds?: readonly ReloadKind[];
  /** How many stores have an authority that is followed. */
  readonly authorities?: number;
  /** Whether the files stay as they are, where somebody may say so. */
  readonly suspension?: Suspension | undefined;
}

/**
 * Beyond this many files each per-file gauge has two series, the least and the greatest value, however many files.
 */
const mostFiles = ({ kinds = [], authorities = 0, suspension }: Beside): number =>
  (kinds.length === 0 ? 8 : 7 - kinds.length) - (authorities > 0 ? 1 : 0) - (suspension ? 1 : 0);

interface Meters {
  /** Counts what happens. */
  readonly count: (step: Step) => void;
  /**
   * Sets the gauges to what a state says, at a moment in milliseconds since the epoch; of the agent's clock, of which the
   * machine's time is this far ahead, and Prometheus compares with that.
   */
  readonly gauge: (state: AgentState, now: number, aheadMs?: number) => void;
}

/** Keeps the metrics that follow from the state. Those of the store's requests are kept around the provider. */
export function createMeters(
  metrics: AgentMetrics,
  fileNames: readonly string[],
  startedAt: number,
  beside: Beside = {},
): Meters {
  metrics.set('sidekey_agent_build_info', 1, { version: VERSION });
  metrics.set('sidekey_agent_files', fileNames.length);
  const notifications = notificationMeters(metrics, beside.kinds ?? []);
  return {
    count: (step) => {
      const { before, event, now } = step;
      notifications.count(step);
      if (event.type === 'failed' && event.action.type === 'render') countCommit(metrics, 'failed');
      if (event.type !== 'rendered' || event.changed === undefined) return;
      const faulty = event.files.some(({ failure }) => failure !== undefined);
      const changed = event.changed.length > 0;
      countCommit(metrics, faulty ? 'failed' : changed ? 'changed' : 'unchanged');
      if (before.render.firstAt === undefined)
        metrics.set('sidekey_agent_first_render_seconds', (now - startedAt) / 1000);
      else if (changed) metrics.increment('sidekey_agent_rotations_total');
    },
    gauge: (state, now, aheadMs = 0) => {
      const toSeconds = (at: number): number => (at === 0 ? 0 : (at + aheadMs) / 1000);
      metrics.set('sidekey_agent_ready', state.render.firstAt === undefined ? 0 : 1);
      metrics.set('sidekey_agent_token_expiry_timestamp_seconds', toSeconds(tokenEnd(state)));
      metrics.set(
        'sidekey_agent_lease_expiry_timestamp_seconds',
        toSeconds(firstEnd(state, state.secrets.keys())),
      );
      metrics.set('sidekey_agent_secret_age_seconds', (now - (oldestConfirmation(state) ?? now)) / 1000);
      gaugeFiles(metrics, { names: fileNames, most: mostFiles(beside), toSeconds }, state);
      notifications.gauge(state, now);
      const { suspension } = beside;
      if (suspension)
        metrics.set('sidekey_agent_suspended', suspension.holds() ? 1 : 0, { by: 'annotation' });
    },
  };
}

function countCommit(metrics: AgentMetrics, result: 'changed' | 'unchanged' | 'failed'): void {
  metrics.increment('sidekey_agent_commits_total', { result });
}

interface Shown {
  readonly names: readonly string[];
  /** Of more than these only the least and the greatest value are shown. */
  readonly most: number;
  /** A time as Prometheus wants it; 0 stays 0. */
  readonly toSeconds: (at: number) => number;
}

function gaugeFiles(metrics: AgentMetrics, shown: Shown, state: AgentState): void {
  perFile(metrics, 'sidekey_agent_file_changed_timestamp_seconds', shown, (name) => {
    return shown.toSeconds(state.files.get(name)?.changedAt ?? 0);
  });
  perFile(metrics, 'sidekey_agent_file_lease_expiry_timestamp_seconds', shown, (name) => {
    return shown.toSeconds(firstEnd(state, state.files.get(name)?.used ?? []));
  });
  perFile(metrics, 'sidekey_agent_file_up_to_date', shown, (name) => (isUpToDate(state, name) ? 1 : 0));
}

type PerFileGauge =
  | 'sidekey_agent_file_changed_timestamp_seconds'
  | 'sidekey_agent_file_lease_expiry_timestamp_seconds'
  | 'sidekey_agent_file_up_to_date';

function perFile(
  metrics: AgentMetrics,
  gauge: PerFileGauge,
  { names, most }: Shown,
  value: (name: string) => number,
): void {
  if (names.length <= most) {
    for (const name of names) metrics.set(gauge, value(name), { file: name });
    return;
  }
  const values = names.map(value);
  metrics.set(gauge, Math.min(...values), { file: '(least)' });
  metrics.set(gauge, Math.max(...values), { file: '(greatest)' });
}
