import { isObject, type JsonObject } from '#contract/json.ts';
import type { KubernetesCall } from '#platform/kubernetes/call.ts';
import type { Kubernetes } from '#platform/kubernetes/client.ts';
import { KubernetesError, type KubernetesReason } from '#platform/kubernetes/errors.ts';
import type { Occurrence } from '#platform/kubernetes/event-body.ts';
import { createRecorder, type Recorder } from '#platform/kubernetes/event.ts';
import { SteeredClock } from '../../agent/steered-clock.ts';

export const FAILED: Occurrence = {
  involved: {
    kind: 'Secret',
    apiVersion: 'v1',
    namespace: 'ml',
    name: 'model-registry',
    uid: 'u-1',
    resourceVersion: '7',
  },
  type: 'Warning',
  reason: 'SyncFailed',
  note: 'Cannot read infisical:models/prod/registry: it is not there',
};

export const about = (name: string): Occurrence => ({ ...FAILED, involved: { ...FAILED.involved, name } });

/** A recorder, and an API server that takes what it is sent. */
export interface Scene {
  readonly clock: SteeredClock;
  readonly recorder: Recorder;
  readonly calls: readonly KubernetesCall[];
  readonly lost: readonly string[];
  /** What the next requests fail of, in this order. */
  readonly faults: KubernetesReason[];
  /** While true, no request is answered. */
  stuck: boolean;
}

export function scene(): Scene {
  const clock = new SteeredClock();
  const calls: KubernetesCall[] = [];
  const lost: string[] = [];
  const here: { stuck: boolean } = { stuck: false };
  const faults: KubernetesReason[] = [];
  const kubernetes: Kubernetes = {
    async request(call, signal) {
      calls.push(call);
      const fault = faults.shift();
      if (fault !== undefined) throw new KubernetesError(fault, 'Cannot');
      if (here.stuck) await clock.sleep(3_600_000, signal);
      return { metadata: { name: `event-${calls.length}` } };
    },
    stream: () => {
      throw new Error('There is nothing to watch');
    },
    close: () => Promise.resolve(),
  };
  const source = { component: 'sidekey-sync', instance: 'sync-7d9f' };
  const onLost = (reason: string): void => void lost.push(reason);
  const recorder = createRecorder(kubernetes, source, { clock, random: () => 0, onLost });
  return Object.assign(here, { clock, recorder, calls, lost, faults });
}

/** What was sent. */
export const bodies = ({ calls }: Scene): readonly JsonObject[] =>
  calls.map(({ body }) => (isObject(body) ? body : {}));
