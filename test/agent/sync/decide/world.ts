import type { JsonObject } from '#contract/json.ts';
import type { SecretRef, StoreName } from '../../../../agent/provider/provider.ts';
import { refKey } from '../../../../agent/provider/provider.ts';
import type { Failure } from '../../../../agent/schedule/attempt.ts';
import { referenceOf } from '../../../../agent/source/reference.ts';
import type { Known, Stores } from '../../../../agent/sync/decide/wanted.ts';
import { parseJson } from '../../../../agent/value/json.ts';
import { isValueMap, type ValueMap } from '../../../../agent/value/value.ts';
import { parseSecretSource } from '#contract/secret-source.ts';

export const NOW = new Date('2026-02-03T04:05:06.000Z');

export const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A Secret as the API server shows it. */
export function secretObject(
  annotations: Readonly<Record<string, string>>,
  data: Readonly<Record<string, string>> | undefined,
  more: JsonObject = {},
): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'model-registry', namespace: 'ml', uid: 'u1', resourceVersion: '7', annotations },
    ...(data === undefined
      ? {}
      : { data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(value)])) }),
    ...more,
  };
}

/** Stores that know some folders and paths, by their sources as they are written. */
export function storesOf(
  bodies: Readonly<Record<string, Readonly<Record<string, unknown>> | Failure>>,
  configured: readonly StoreName[] = ['vault', 'infisical'],
): Stores {
  const known = new Map<string, Known>();
  for (const [text, content] of Object.entries(bodies)) {
    const read = parseSecretSource(text);
    if (!('value' in read)) throw new Error(`No source: ${text}`);
    const fault = 'transient' in content;
    const body = fault ? undefined : bodyOf(read.value.store, content);
    known.set(refKey(referenceOf(read.value)), {
      ...(body && { body }),
      ...(fault && { failure: content as Failure }),
    });
  }
  return {
    has: (store) => configured.includes(store),
    known: (ref: SecretRef) => known.get(refKey(ref)),
    now: () => NOW,
  };
}

function bodyOf(store: StoreName, values: Readonly<Record<string, unknown>>): ValueMap {
  const secrets = Object.entries(values).map(([secretKey, secretValue]) => ({ secretKey, secretValue }));
  const body = parseJson(JSON.stringify(store === 'vault' ? { data: values } : { secrets }));
  if (!isValueMap(body)) throw new Error('No map');
  return body;
}
