import { type JsonObject, objectIn } from '#contract/json.ts';
import { decide } from '../../agent/sync/decide/decide.ts';
import { readSecret } from '../../agent/sync/decide/live-secret.ts';
import type { SyncProblem } from '../../agent/sync/decide/problem.ts';
import type { SyncRequest } from '../../agent/sync/decide/request.ts';
import { isSecretKey, KEY_FORM } from '../../agent/sync/decide/secret-key.ts';
import { UNKNOWN, type Wanted } from '../../agent/sync/decide/wanted.ts';
import { dataKeysOf } from './data-key.ts';
import { namedKeys } from './key-plan.ts';
import { textAnnotations } from './namespace.ts';

/** What the sync would say of the data that a manifest has, whatever is at the source. */
export function problemsWithData(secret: JsonObject, request: SyncRequest): readonly SyncProblem[] {
  const named = namedKeys(request);
  const known = [...(named?.keys() ?? []), ...request.templates.keys()];
  const wanted: Wanted = {
    ...UNKNOWN,
    complete: named !== undefined,
    // Any value will do: none of those that decide anything is this one.
    values: new Map((known.length > 0 ? known : [ANY_KEY]).map((key) => [key, ANY_VALUE])),
  };
  const { problems } = decide(readSecret(asServed(secret)), wanted, MOMENT);
  return [...problems, ...impossibleKey(request)];
}

/** No Secret has a key of this name. */
const ANY_KEY = '/';
const ANY_VALUE = Buffer.from('any').toString('base64');
const MOMENT = new Date(0);

/** As the API server would have it. */
function asServed(secret: JsonObject): JsonObject {
  return {
    metadata: { ...objectIn(secret, 'metadata'), annotations: textAnnotations(secret) },
    immutable: secret['immutable'] ?? false,
    data: Object.fromEntries(dataKeysOf(secret).map(({ key, encoded }) => [key, encoded])),
  };
}

function impossibleKey({ source, keys }: SyncRequest): readonly SyncProblem[] {
  const key = source?.key;
  if (key === undefined || keys !== undefined || isSecretKey(key)) return [];
  const message = `The one key of the source cannot be one of a Secret, which has ${KEY_FORM}; give it another name in sidekey.dev/keys`;
  return [{ reason: 'invalid_key', message }];
}
