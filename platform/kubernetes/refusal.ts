import { isObject, type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import { describeCall, type KubernetesCall } from './call.ts';
import { type Conflict, KubernetesError, type KubernetesReason } from './errors.ts';
import { explainForbidden } from './forbidden.ts';

/** An answer that is no success. */
export interface Refusal {
  readonly status: number;
  /** The `Status` object that the API server explains itself with; undefined if something else answered. */
  readonly body: JsonObject | undefined;
  /** From the `Retry-After` header, in milliseconds. */
  readonly retryAfterMs: number | undefined;
}

const REASONS: ReadonlyMap<number, KubernetesReason> = new Map([
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not_found'],
  [408, 'timeout'],
  [409, 'conflict'],
  [410, 'gone'],
  [429, 'rate_limited'],
]);

/** What a refusal of a call means, with what to do about it. */
export function refusalError(call: KubernetesCall, refusal: Refusal): KubernetesError {
  const body = refusal.body ?? {};
  const reason = reasonOf(refusal.status, body);
  const retryAfterMs = refusal.retryAfterMs ?? retryAfterIn(body);
  const fields = fieldsIn(body);
  const conflict = reason === 'conflict' ? conflictIn(body) : undefined;
  const fact = explain({ call, reason, body, fields, conflict, status: refusal.status });
  return new KubernetesError(reason, `Cannot ${describeCall(call)}: ${fact} (${refusal.status})`, {
    status: refusal.status,
    fields,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(conflict === undefined ? {} : { conflict }),
  });
}

function reasonOf(status: number, body: JsonObject): KubernetesReason {
  // After a restore of etcd the server waits for a version that is yet to come: to list again helps, to wait does not.
  if (causesIn(body).some((cause) => textIn(cause, 'reason') === 'ResourceVersionTooLarge')) return 'gone';
  const known = REASONS.get(status);
  if (known !== undefined) return known;
  if (isOther(body)) return 'conflict';
  if (status >= 500) return 'server_error';
  return status >= 400 ? 'invalid' : 'invalid_response';
}

/** To apply with a uid to an object that was made anew under its name is no conflict to the API server, but "invalid". */
const isOther = (body: JsonObject): boolean => fieldsIn(body).join() === 'metadata.uid';

const causesIn = (body: JsonObject): readonly JsonObject[] => listIn(objectIn(body, 'details'), 'causes');

function retryAfterIn(body: JsonObject): number | undefined {
  const seconds = objectIn(body, 'details')['retryAfterSeconds'];
  return typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : undefined;
}

/** A path that only names fields and keys. Anything else might hold what somebody wrote into a field. */
const FIELD = /^[\w.[\]/:~$@-]{1,200}$/u;
/** Enough to see which kind of field is meant. */
const MOST_FIELDS = 5;

function fieldsIn(body: JsonObject): readonly string[] {
  const fields = causesIn(body).map((cause) => textIn(cause, 'field'));
  return [...new Set(fields)].filter((field) => FIELD.test(field)).slice(0, MOST_FIELDS);
}

function conflictIn(body: JsonObject): Conflict {
  if (textIn(body, 'reason') === 'AlreadyExists') return 'exists';
  const owned = causesIn(body).some((cause) => textIn(cause, 'reason') === 'FieldManagerConflict');
  return owned ? 'owned' : 'changed';
}

interface Facts {
  readonly call: KubernetesCall;
  readonly reason: KubernetesReason;
  readonly body: JsonObject;
  readonly fields: readonly string[];
  readonly conflict: Conflict | undefined;
  readonly status: number;
}

const CONFLICTS: Readonly<Record<Conflict, string>> = {
  exists: 'it is there already',
  owned: 'another field manager owns a field of it; force the apply, or leave the field out',
  changed: 'it has changed or gone meanwhile; read it again',
};

function explain({ call, reason, body, fields, conflict, status }: Facts): string {
  if (reason === 'forbidden') return explainForbidden(call, textIn(body, 'message'));
  if (conflict !== undefined) return `${CONFLICTS[conflict]}${at(fields)}`;
  if (reason === 'invalid') return `the API server refuses the request as invalid${at(fields)}`;
  if (status >= 300 && status < 400)
    return 'the server redirects, which is not followed; use the address it redirects to';
  return FACTS[reason] ?? 'the API server failed; its log says why';
}

const at = (fields: readonly string[]): string => (fields.length === 0 ? '' : `: ${fields.join(', ')}`);

const FACTS: Readonly<Partial<Record<KubernetesReason, string>>> = {
  unauthorized:
    'the API server does not accept the token or certificate; is it of this cluster, for its audience, and not expired?',
  not_found: 'there is no such object, or the API server does not know its kind',
  gone: 'the resource version is not known any more; list again',
  timeout: 'the API server gave up',
  rate_limited: 'the API server limits the rate of requests',
};

/** The object in a JSON text; undefined if it is none. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
