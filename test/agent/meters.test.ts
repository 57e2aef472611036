import { describe, expect, test } from 'vitest';
import { RELOAD_KINDS, type ReloadKind } from '#contract/reload.ts';
import { createMetrics } from '#platform/metrics.ts';
import { createMeters } from '../../agent/meters.ts';
import { AGENT_METRICS } from '../../agent/metrics.ts';
import { type StoreName, STORES } from '../../agent/provider/provider.ts';
import { IN_A_ROW } from '../../agent/schedule/allowance.ts';
import type { AgentState, Event } from '../../agent/schedule/state.ts';
import type { Suspension } from '../../agent/suspension.ts';
import { failure, HOUR, leased, rendered, Scene } from './schedule/scene.ts';

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `file-${index}`);

function stage(
  files: readonly string[],
  kinds: readonly ReloadKind[] = [],
  authorities: readonly StoreName[] = [],
  suspension?: Suspension,
) {
  const metrics = createMetrics(AGENT_METRICS);
  const series = async (): Promise<Map<string, number>> => {
    const lines = (await metrics.expose()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(
      lines.map((line) => [
        line.slice(0, line.lastIndexOf(' ')),
        Number(line.slice(line.lastIndexOf(' ') + 1)),
      ]),
    );
  };
  for (const store of authorities) metrics.set('sidekey_agent_authority_current', 1, { store });
  return {
    meters: createMeters(metrics, files, 0, { kinds, authorities: authorities.length, suspension }),
    series,
  };
}

const SUSPENDED = 'sidekey_agent_suspended{by="annotation"}';
const HELD: Suspension = { holds: () => true };

const outcome = (name: string, fault = false) => ({
  name,
  used: [],
  ...(fault ? { failure: failure('template') } : {}),
});

const commitOf = (changed: string[], fault = false): Event => ({
  type: 'rendered',
  revision: 1,
  files: [outcome('file', fault)],
  missing: [],
  changed,
});

describe('the number of series', () => {
  const counts = [1, 4, 5, 6, 7, 8, 9, 300];
  test.each(counts)(
    'is below 60 with %i files, in however many ways somebody is told of them',
    async (count) => {
      const all = [0, 1, 2, 3].flatMap((ways) => [0, 2].map((stores) => ({ ways, stores })));
      for (const { ways, stores } of all) {
        const { meters, series } = stage(
          names(count),
          RELOAD_KINDS.slice(0, ways),
          STORES.slice(0, stores),
          HELD,
        );
        const { state, now } = rendered(leased(HOUR));
        meters.gauge(state, now);
        meters.count({ before: new Scene().state, event: commitOf(['file']), after: state, now });
        expect((await series()).size).toBeLessThan(60);
      }
    },
  );
});

describe('gauges', () => {
  test('show whether files stay as they are, of pods where somebody may say so', async () => {
    const { state, now } = rendered(leased(HOUR));
    let holds = true;
    const { meters, series } = stage(['file'], [], [], { holds: () => holds });
    meters.gauge(state, now);
    expect((await series()).get(SUSPENDED)).toBe(1);
    holds = false;
    meters.gauge(state, now);
    expect((await series()).get(SUSPENDED)).toBe(0);
    const other = stage(['file']);
    other.meters.gauge(state, now);
    expect((await other.series()).has(SUSPENDED)).toBe(false);
  });

  test('show ends and changes in seconds, as Prometheus wants them', async () => {
    const { meters, series } = stage(['file']);
    const { state, now } = rendered(leased(HOUR), leased(2 * HOUR));
    meters.gauge(state, now + 5000);
    const values = await series();
    expect(values.get('sidekey_agent_ready')).toBe(1);
    expect(values.get('sidekey_agent_token_expiry_timestamp_seconds')).toBe((now + 2 * HOUR) / 1000);
    expect(values.get('sidekey_agent_lease_expiry_timestamp_seconds')).toBe((now + HOUR) / 1000);
    expect(values.get('sidekey_agent_file_lease_expiry_timestamp_seconds{file="file"}')).toBe(
      (now + HOUR) / 1000,
    );
    expect(values.get('sidekey_agent_file_changed_timestamp_seconds{file="file"}')).toBe(now / 1000);
    expect(values.get('sidekey_agent_file_up_to_date{file="file"}')).toBe(1);
    expect(values.get('sidekey_agent_secret_age_seconds')).toBe(5);
  });

  test('show times by the clock of the machine, however that was corrected; what has no end still has none', async () => {
    const { meters, series } = stage(['file']);
    const { state, now } = rendered(leased(HOUR));
    meters.gauge(state, now);
    const before = await series();
    meters.gauge(state, now, -5 * HOUR);
    const after = await series();
    for (const name of [
      'sidekey_agent_token_expiry_timestamp_seconds',
      'sidekey_agent_lease_expiry_timestamp_seconds',
      'sidekey_agent_file_lease_expiry_timestamp_seconds{file="file"}',
      'sidekey_agent_file_changed_timestamp_seconds{file="file"}',
    ])
      expect(after.get(name), name).toBe((before.get(name) ?? Number.NaN) - (5 * HOUR) / 1000);
    expect(after.get('sidekey_agent_secret_age_seconds')).toBe(0);
    meters.gauge(new Scene().state, now, -5 * HOUR);
    expect((await series()).get('sidekey_agent_lease_expiry_timestamp_seconds')).toBe(0);
  });

  test('of more than eight files are the least and the greatest', async () => {
    const { meters, series } = stage(names(9));
    const { state } = rendered(leased(HOUR));
    const files = new Map(names(9).map((name, index) => [name, { used: [], changedAt: (index + 1) * 1000 }]));
    meters.gauge({ ...state, files }, 0);
    const values = await series();
    expect(values.get('sidekey_agent_file_changed_timestamp_seconds{file="(least)"}')).toBe(1);
    expect(values.get('sidekey_agent_file_changed_timestamp_seconds{file="(greatest)"}')).toBe(9);
    expect([...values.keys()].filter((name) => name.includes('file-'))).toEqual([]);
  });

  test('show an agent that has not rendered yet', async () => {
    const { meters, series } = stage(['file']);
    meters.gauge(new Scene().state, 0);
    const values = await series();
    expect(values.get('sidekey_agent_ready')).toBe(0);
    expect(values.get('sidekey_agent_file_up_to_date{file="file"}')).toBe(0);
  });
});

describe('counters', () => {
  const steps = (): { before: AgentState; after: AgentState } => {
    const { state } = rendered({ kind: 'polled' });
    return { before: state, after: state };
  };

  test('tell changed, unchanged and failed commits', async () => {
    const { meters, series } = stage(['file']);
    const { before, after } = steps();
    const action = { type: 'render', revision: 0, secrets: new Map(), files: new Map() } as const;
    for (const event of [
      commitOf(['file']),
      commitOf([]),
      commitOf(['file'], true),
      { type: 'failed', action, failure: failure('render') } as const,
    ])
      meters.count({ before, event, after, now: 0 });
    const values = await series();
    const commits = (result: string) => values.get(`sidekey_agent_commits_total{result="${result}"}`);
    expect([commits('changed'), commits('unchanged'), commits('failed')]).toEqual([1, 1, 2]);
    expect(values.get('sidekey_agent_rotations_total')).toBe(2);
  });

  test('take the first complete set for no rotation, but time it', async () => {
    const { meters, series } = stage(['file']);
    meters.count({ before: new Scene().state, event: commitOf(['file']), after: steps().after, now: 1234 });
    const values = await series();
    expect(values.get('sidekey_agent_rotations_total')).toBe(0);
    expect(values.get('sidekey_agent_first_render_seconds')).toBe(1.234);
  });
});

describe('what is told', () => {
  const target = 'POST http://127.0.0.1:8000/reload';
  const action = { type: 'notify', target, kind: 'http', commit: 2 } as const;

  test('is counted by its kind and result, and timed', async () => {
    const { meters, series } = stage(['file'], ['http']);
    const scene = rendered({ kind: 'polled' });
    const play = (event: Event): void => {
      const before = scene.state;
      scene.happen(event);
      meters.count({ before, event, after: scene.state, now: scene.now });
    };
    scene.watched('one').watched('two');
    meters.gauge(scene.state, scene.now);
    expect((await series()).get('sidekey_agent_notifications_pending{state="waiting"}')).toBe(1);
    meters.gauge(scene.state, scene.now + 1000);
    expect((await series()).get('sidekey_agent_notifications_pending{state="under_way"}')).toBe(1);
    play({ type: 'failed', action, failure: failure('notify') });
    scene.wait(HOUR);
    play({ type: 'failed', action, failure: failure('notify') });
    scene.watched('three');
    play({ type: 'notified', target, kind: 'http', commit: 9 });
    meters.gauge(scene.state, scene.now);
    const values = await series();
    const counted = (result: string): number | undefined =>
      values.get(`sidekey_agent_notifications_total{kind="http",result="${result}"}`);
    expect(['told', 'failed', 'given_up'].map(counted)).toEqual([1, 2, 1]);
    expect(values.get('sidekey_agent_notifications_pending{state="waiting"}')).toBe(0);
    expect(values.get('sidekey_agent_notification_success_timestamp_seconds')).toBe(scene.now / 1000);
  });

  test('later than it would be, because it was told often before, is seen to be held back', async () => {
    const { meters, series } = stage(['file'], ['http']);
    const scene = rendered({ kind: 'polled' }).watched('change 0');
    const pending = async (): Promise<(number | undefined)[]> => {
      meters.gauge(scene.state, scene.now);
      const values = await series();
      return ['waiting', 'held_back'].map((state) =>
        values.get(`sidekey_agent_notifications_pending{state="${state}"}`),
      );
    };
    for (let time = 1; time <= IN_A_ROW; time += 1) {
      scene.watched(`change ${time}`);
      expect(await pending()).toEqual([1, 0]);
      scene.happen({ type: 'notified', target, kind: 'http', commit: scene.state.commits });
    }
    scene.watched('one more change');
    expect(await pending()).toEqual([0, 1]);
  });

  test('has no series where a pod does not ask for it', async () => {
    const { meters, series } = stage(['file']);
    const { state, now } = rendered(leased(HOUR));
    meters.gauge(state, now);
    expect([...(await series()).keys()].filter((name) => name.includes('notifications_'))).toEqual([]);
  });
});
