import { annotationsIn, type JsonObject } from '#contract/json.ts';
import { FIELD_MANAGER, STATUS_KEYS } from '#contract/secret-sync.ts';
import type { KubernetesCall } from '#platform/kubernetes/call.ts';
import type { Kubernetes } from '#platform/kubernetes/client.ts';
import { KubernetesError } from '#platform/kubernetes/errors.ts';
import type { Recorder } from '#platform/kubernetes/event.ts';
import type { Log } from '#platform/log.ts';
import type { Assessment } from './decide/assess.ts';
import { secretPath, type TrackedSecret } from './tracked.ts';

/**
 * Tells what became of a Secret: on the Secret itself, and as Events. It changes one annotation and nothing else, whoever has
 * written that before: to tell of a fault can take nothing away.
 */
export interface Teller {
  /**
   * Tells what an assessment says, if that is news. Gives the Secret as it is afterwards, if it was changed.
   *
   * @param version The resourceVersion of the Secret as it was left: what somebody has changed since then is to be seen first.
   * @throws {KubernetesError} If the API server does not take it.
   */
  tell(assessment: Assessment, version: string, signal: AbortSignal): Promise<JsonObject | undefined>;
  /** Tells why the Secret cannot be brought in line, as far as the API server takes that. Never throws. */
  failed(secret: TrackedSecret, message: string, signal: AbortSignal): Promise<void>;
}

interface Place {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion?: string;
}

export function createTeller(kubernetes: Kubernetes, recorder: Recorder, log: Log): Teller {
  const event = ({ namespace, name, uid }: Place, reason: 'Synced' | 'SyncFailed', note: string): void => {
    const involved = { kind: 'Secret', apiVersion: 'v1', namespace, name, uid };
    recorder.record({ involved, type: reason === 'Synced' ? 'Normal' : 'Warning', reason, note });
  };
  const write = async (place: Place, error: string | undefined, signal: AbortSignal): Promise<JsonObject> => {
    const { namespace, name } = place;
    if (error !== undefined) {
      event(place, 'SyncFailed', error);
      log.warn({ namespace, name, problem: error }, 'Cannot sync');
    }
    return await kubernetes.request(statusCall(place, error), signal);
  };
  return {
    async tell({ live, changed, error, untold }, version, signal) {
      if (changed.length > 0) event(live, 'Synced', `Changed ${changed.join(', ')}`);
      else if (untold && error === undefined) event(live, 'Synced', 'What was wrong is mended');
      return untold ? await write({ ...live, resourceVersion: version }, error, signal) : undefined;
    },
    async failed(secret, message, signal) {
      const text = `${message}; the Secret stays as it is`;
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

/** A merge, which takes the annotation away whoever else has it in his books: a backup that was restored, say. */
function statusCall(place: Place, error: string | undefined): KubernetesCall {
  const { uid, resourceVersion } = place;
  const annotations = { [STATUS_KEYS.error]: error ?? null };
  const body = { metadata: { uid, ...(resourceVersion && { resourceVersion }), annotations } };
  const query = { fieldManager: `${FIELD_MANAGER}-status` };
  return { method: 'PATCH', path: secretPath(place), query, body, type: 'merge' };
}
