import { isObject, objectIn, textIn } from '#contract/json.ts';
import type { Clock } from '#platform/clock.ts';
import type { Kubernetes } from '#platform/kubernetes/client.ts';
import type { Watched } from '#platform/kubernetes/list.ts';
import { watchResource, type WatchEvent } from '#platform/kubernetes/watch.ts';
import { failureOf } from './scripted-api.ts';

/** A watch that goes on beside the test, with as little waiting as may be unless chance says otherwise. */
export interface Watching extends AsyncDisposable {
  /** What was told so far, in short: `put ml/a 7`, `deleted ml/a uid`, `synced`. */
  readonly told: readonly string[];
  /** The reasons of its restarts. */
  readonly restarts: readonly string[];
  /** Stops it, and gives what it was rejected with. */
  stop(reason: Error): Promise<unknown>;
}

export const SECRETS: Watched = { path: '/api/v1/secrets', metadataOnly: true };

export function watching(
  kubernetes: Kubernetes,
  clock: Clock,
  watched = SECRETS,
  random = (): number => 0,
): Watching {
  const told: string[] = [];
  const restarts: string[] = [];
  const controller = new AbortController();
  const tools = {
    clock,
    random,
    onRestart: (reason: string) => void restarts.push(reason),
  };
  const failure = failureOf(
    (async () => {
      for await (const event of watchResource(kubernetes, watched, tools, controller.signal))
        told.push(inShort(event));
    })(),
  );
  const stop = (reason: Error): Promise<unknown> => {
    controller.abort(reason);
    return failure;
  };
  return {
    told,
    restarts,
    stop,
    async [Symbol.asyncDispose]() {
      await stop(new Error('the test is over'));
    },
  };
}

function inShort(event: WatchEvent): string {
  if (event.type === 'synced') return 'synced';
  const metadata = isObject(event.object) ? objectIn(event.object, 'metadata') : {};
  const key = `${textIn(metadata, 'namespace')}/${textIn(metadata, 'name')}`;
  return event.type === 'put'
    ? `put ${key} ${textIn(metadata, 'resourceVersion')}`
    : `deleted ${key} ${textIn(metadata, 'uid')}`;
}
