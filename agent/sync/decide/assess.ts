import type { JsonObject } from '#contract/json.ts';
import { STATUS_KEYS } from '#contract/secret-sync.ts';
import type { SecretRef } from '../../provider/provider.ts';
import { type Decision, decide } from './decide.ts';
import type { Edition } from './edition.ts';
import { type LiveSecret, readSecret } from './live-secret.ts';
import type { BoundNamespace } from './namespace.ts';
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

/** Everything about one Secret at a moment. `last` is what it was left as. */
export function assess(
  object: JsonObject,
  namespace: BoundNamespace,
  stores: Stores,
  last?: Edition,
): Assessment {
  const live = readSecret(object);
  const wanted = wantedFor(live.annotations, namespace, stores);
  const decision = decide(live, wanted, stores.now(), last);
  const error = describe(wanted, decision);
  return {
    ...decision,
    live,
    used: wanted.used,
    error,
    untold: error !== live.annotations[STATUS_KEYS.error],
  };
}

const MOST_CHARACTERS = 1024;

/** In whole characters: the API server would store another text than one that is cut in the middle of one. */
function describe(wanted: Wanted, { managed, problems }: Decision): string | undefined {
  const isFilled = hasAll(wanted, managed);
  const told = problems.filter(
    ({ passing }) => passing === undefined || (passing === 'awaited' && !isFilled),
  );
  if (told.length === 0) return undefined;
  const text = [...new Set(told.map(({ message }) => message))].join('; ');
  return (text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text).toWellFormed();
}

/** True if a Secret has a value, be it an old one, for each key that it is to have. Of a whole folder it is not known which. */
function hasAll({ values, complete, kept }: Wanted, managed: readonly string[]): boolean {
  const has = new Set(managed);
  const some = complete ? has.size > 0 : managed.some((key) => !values.has(key));
  return some && [...kept].every((key) => has.has(key));
}
