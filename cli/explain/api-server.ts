import { type Json, type JsonObject, objectIn } from '#contract/json.ts';
import { PLACEHOLDER } from '#contract/secret-sync.ts';
import { isSecretKey, KEY_FORM } from '../../agent/sync/decide/secret-key.ts';
import { dataKeysOf, isBase64 } from './data-key.ts';
import { flawsInType, unknownFields } from './field-type.ts';
import type { Flaw } from './finding.ts';
import { flawsInMetadata } from './object-metadata.ts';
import { flawsOfType } from './secret-type.ts';

const FIELDS = ['apiVersion', 'kind', 'metadata', 'type', 'immutable', 'data', 'stringData'];

const MOST_BYTES = 1024 * 1024;

/** Why the API server does not take a Secret that `kubectl apply` sends; empty if it does. */
export function flawsForApiServer(secret: JsonObject): readonly Flaw[] {
  const flaws = [
    ...unknownFields(secret, [], FIELDS),
    ...flawsInType(secret['type'], ['type'], 'string'),
    ...flawsInType(secret['immutable'], ['immutable'], 'boolean'),
    ...flawsInMetadata(secret),
    ...flawsInValues(secret, 'data', flawsInEncoded),
    ...flawsInValues(secret, 'stringData', (value, path) => flawsInType(value, path, 'string')),
  ];
  // What a type demands can be told only of data that can be read.
  return flaws.length > 0 ? flaws : [...tooLarge(secret), ...flawsOfType(secret)];
}

type Check = (value: Json, path: readonly string[]) => readonly Flaw[];

function flawsInValues(secret: JsonObject, field: 'data' | 'stringData', check: Check): readonly Flaw[] {
  const entries = Object.entries(objectIn(secret, field)).flatMap(([key, value]) => {
    const path = [field, key];
    const name = isSecretKey(key) ? [] : [{ path, message: `has to be named with ${KEY_FORM}` }];
    return [...name, ...check(value, path)];
  });
  return [...flawsInType(secret[field], [field], 'object'), ...entries];
}

/** Never says what the value is: it may be the secret itself, in the wrong place. */
function flawsInEncoded(value: Json, path: readonly string[]): readonly Flaw[] {
  if (value === PLACEHOLDER) return [{ path, message: MISPLACED }];
  if (value === null || (typeof value === 'string' && isBase64(value))) return [];
  return typeof value === 'object' ? flawsInType(value, path, 'string') : [{ path, message: NO_BASE64 }];
}

const MISPLACED = `is ${PLACEHOLDER}, and everything below data has to be base64. Every API server decodes the Secret before anything else, fails, and refuses it: no webhook and no sync ever sees it. Below stringData it may stand as it is`;

const NO_BASE64 =
  'is no base64, as everything below data has to be: move it to stringData as it is, in quotes, or write it in base64 with its padding (=)';

function tooLarge(secret: JsonObject): readonly Flaw[] {
  const bytes = dataKeysOf(secret).reduce(
    (sum, { encoded }) => sum + Buffer.byteLength(encoded, 'base64'),
    0,
  );
  if (bytes <= MOST_BYTES) return [];
  return [{ path: ['data'], message: `comes to ${bytes} bytes; a Secret holds ${MOST_BYTES}` }];
}
