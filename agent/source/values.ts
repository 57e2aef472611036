import type { SecretSource } from '#contract/secret-source.ts';
import { serialiseJson } from '../value/json.ts';
import { isValueMap, mapAt, stringAt, type Value, type ValueMap } from '../value/value.ts';

/** The values of a store's answer by their keys, in the store's order; only the source's own key if it names one. */
export function valuesOf({ store, key }: SecretSource, body: ValueMap): ValueMap {
  const all = allValuesOf(store, body);
  if (key === undefined) return all;
  const value = all.get(key);
  return new Map(value === undefined ? [] : [[key, value]]);
}

/** All values of a store's answer by their keys. Of KV v2 they are those of the version that was read. */
export function allValuesOf(store: SecretSource['store'], body: ValueMap): ValueMap {
  return store === 'infisical' ? infisicalValues(body) : vaultValues(body);
}

function infisicalValues(body: ValueMap): ValueMap {
  const secrets = body.get('secrets');
  const list = Array.isArray(secrets) ? (secrets as readonly Value[]).filter(isValueMap) : [];
  return new Map(
    list.map((secret) => [stringAt(secret, 'secretKey') ?? '', stringAt(secret, 'secretValue') ?? '']),
  );
}

/** KV v2 wraps the values: beside them stands what is known of the version. */
function vaultValues(body: ValueMap): ValueMap {
  const data = mapAt(body, 'data') ?? new Map<string, Value>();
  const version = mapAt(data, 'metadata');
  const wrapped = data.size === 2 && data.has('data') && version?.has('version') === true;
  return wrapped ? (mapAt(data, 'data') ?? new Map<string, Value>()) : data;
}

/** A value as a file or a key holds it alone: text as it is, everything else as JSON. */
export const textOf = (value: Value): string => (typeof value === 'string' ? value : serialiseJson(value));
