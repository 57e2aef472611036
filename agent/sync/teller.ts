import { annotationsIn, type JsonObject } from '#contract/json.ts';
import { FIELD_MANAGER, STATUS_KEYS } from '#contract/secret-sync.ts';
import { applyObject } from '#platform/kubernetes/apply.ts';
import type { Kubernetes } from '#platform/kubernetes/client.ts';
import { KubernetesError } from '#platform/kubernetes/errors.ts';
import type { Recorder } from '#platform/kubernetes/event.ts';
import type { Log } from '#platform/log.ts';
import type { Assessment } from './decide/assess.ts';
import { secretPath, type TrackedSecret } from './tracked.ts';

/**
 * Tells what became of a Secret: on the Secret itself, and as Events. It has a field manager of its own, which owns no data:
 * to tell of a fault can take nothing away.
 */
export interface Teller {
  /**
   * Tells what an assessment says, if that is news. Gives the Secret as it is afterwards, if it was changed.
   *
   * @throws {KubernetesError} If the API server does not take it.
   */
  tell(assessment: Assessment, signal: AbortSignal): Promise<JsonObject | undefined>;
  /** Tells that the API server does not take the values, as far as it takes that. Never throws. */
  refused(secret: TrackedSecret, error: KubernetesError, signal: AbortSignal): Promise<void>;
}

const STATUS_MANAGER = `${FIELD_MANAGER}-status`;

interface Place {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export function createTeller(kubernetes: Kubernetes, recorder: Recorder, log: Log): Teller {
  const event = (place: Place, reason: 'Synced' | 'SyncFailed', note: string): void => {
    const involved = { kind: 'Secret', apiVersion: 'v1', ...place };
    recorder.record({ involved, type: reason === 'Synced' ? 'Normal' : 'Warning', reason, note });
  };
  const write = async (place: Place, error: string | undefined, signal: AbortSignal): Promise<JsonObject> => {
    const { namespace, name } = place;
    if (error !== undefined) {
      event(place, 'SyncFailed', error);
      log.warn({ namespace, name, problem: error }, 'Cannot sync');
    }
    return await applyObject(kubernetes, statusOf(place, error), signal);
  };
  return {
    async tell({ live, changed, error, untold }, signal) {
      if (changed.length > 0) event(live, 'Synced', `Filled ${changed.join(', ')}`);
      else if (untold && error === undefined) event(live, 'Synced', 'What was wrong is mended');
      return untold ? await write(live, error, signal) : undefined;
    },
    async refused(secret, error, signal) {
      const text = `${error.message}; the Secret stays as it is`;
      if (secret.annotations[STATUS_KEYS.error] === text) return;
      try {
        const object = await write(secret, text, signal);
        Object.assign(secret, { annotations: annotationsIn(object) });
      } catch (fault) {
        if (!(fault instanceof KubernetesError) && !signal.aborted) throw fault;
      }
    },
  };
}

function statusOf(place: Place, error: string | undefined): Parameters<typeof applyObject>[1] {
  const { namespace, name, uid } = place;
  const annotations = error === undefined ? {} : { [STATUS_KEYS.error]: error };
  const object = { apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name, uid, annotations } };
  return { path: secretPath(place), object, fieldManager: STATUS_MANAGER, force: true };
}
