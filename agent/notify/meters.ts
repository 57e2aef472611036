import type { ReloadKind } from '#contract/reload.ts';
import type { Metrics } from '#platform/metrics.ts';
import { type AGENT_METRICS, NOTIFICATION_RESULTS } from '../metrics.ts';
import type { Step } from '../run.ts';
import type { AgentState, Telling } from '../schedule/state.ts';

export interface NotificationMeters {
  /** Counts what happens. */
  readonly count: (step: Step) => void;
  /** Sets the gauges to what a state says, at a moment in milliseconds since the epoch. */
  readonly gauge: (state: AgentState, now: number) => void;
}

const SILENT: NotificationMeters = { count: () => undefined, gauge: () => undefined };

/** Keeps the metrics of who is told of changes, in the ways that a pod asks for; of none, there are none. */
export function notificationMeters(
  metrics: Metrics<typeof AGENT_METRICS>,
  kinds: readonly ReloadKind[],
): NotificationMeters {
  if (kinds.length === 0) return SILENT;
  const count = (kind: ReloadKind, result: (typeof NOTIFICATION_RESULTS)[number], by: number): void =>
    metrics.increment('sidekey_agent_notifications_total', { kind, result }, by);
  for (const kind of kinds) for (const result of NOTIFICATION_RESULTS) count(kind, result, 0);
  metrics.set('sidekey_agent_notification_success_timestamp_seconds', 0);
  return {
    count: ({ before, event, after, now }) => {
      if (event.type === 'notified') {
        count(event.kind, 'told', 1);
        metrics.set('sidekey_agent_notification_success_timestamp_seconds', now / 1000);
      }
      if (event.type !== 'failed' || event.action.type !== 'notify') return;
      const { kind } = event.action;
      count(kind, 'failed', 1);
      count(kind, 'given_up', before.notices.length - after.notices.length);
    },
    gauge: ({ tellings }, now) => {
      const states = [...tellings.values()].map((telling) => stateOf(telling, now));
      for (const state of PENDING) {
        const pending = states.filter((one) => one === state).length;
        metrics.set('sidekey_agent_notifications_pending', pending, { state });
      }
    },
  };
}

const PENDING = ['under_way', 'waiting', 'held_back'] as const;

function stateOf({ due, heldBack }: Telling, now: number): (typeof PENDING)[number] {
  if (due <= now) return 'under_way';
  return heldBack ? 'held_back' : 'waiting';
}
