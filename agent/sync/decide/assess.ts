import type { JsonObject } from '#contract/json.ts';
import { STATUS_KEYS } from '#contract/secret-sync.ts';
import type { SecretRef } from '../../provider/provider.ts';
import { type Decision, decide } from './decide.ts';
import { type LiveSecret, readSecret } from './live-secret.ts';
import type { BoundNamespace } from './namespace.ts';
import type { SyncProblem } from './problem.ts';
import { readRequest } from './request.ts';
import { type Stores, UNKNOWN, type Wanted, wantedOf } from './wanted.ts';

/** What a Secret is, what it is to be, and what stands between. */
export interface Assessment extends Decision {
  readonly live: LiveSecret;
  readonly used: readonly SecretRef[];
  /** What is to stand in `sidekey.dev/sync-error`; undefined if nothing is. */
  readonly error: string | undefined;
  /** True if that is not what stands there. */
  readonly untold: boolean;
}

type Annotations = Readonly<Record<string, string>>;

/** What a Secret with such annotations is to hold, which may be told without looking at it. */
export function wantedFor(annotations: Annotations, namespace: BoundNamespace, stores: Stores): Wanted {
  const { request, problems } = readRequest(annotations, namespace);
  return request === undefined ? { ...UNKNOWN, problems } : wantedOf(request, namespace.binding, stores);
}

/** True if there is nothing to do or to tell before a store has answered. */
export const isWaiting = ({ values, problems }: Wanted): boolean =>
  values.size === 0 && problems.length === 0;

/** Everything about one Secret at a moment. */
export function assess(object: JsonObject, namespace: BoundNamespace, stores: Stores): Assessment {
  const live = readSecret(object);
  const wanted = wantedFor(live.annotations, namespace, stores);
  const decision = decide(live, wanted, stores.now());
  const error = describe(live, decision.problems);
  return {
    ...decision,
    live,
    used: wanted.used,
    error,
    untold: error !== live.annotations[STATUS_KEYS.error],
  };
}

const MOST_CHARACTERS = 1024;

/** What passes by itself is not worth a write to each Secret that has its values. */
function describe({ managed }: LiveSecret, problems: readonly SyncProblem[]): string | undefined {
  const told = problems.filter(({ passing = false }) => !passing || managed.size === 0);
  if (told.length === 0) return undefined;
  const text = [...new Set(told.map(({ message }) => message))].join('; ');
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}
