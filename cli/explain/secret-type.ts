import { isObject, type JsonObject, textIn } from '#contract/json.ts';
import { type DataKey, dataKeysOf } from './data-key.ts';
import type { Flaw } from './finding.ts';

/** What the API server wants in a Secret of a certain type from the start. */
interface Demand {
  readonly keys: readonly string[];
  /** One of the keys is enough. */
  readonly any?: true;
  /** What the value of each has to be. */
  readonly value: 'any' | 'some' | 'json';
}

const DEMANDS: ReadonlyMap<string, Demand> = new Map([
  ['kubernetes.io/tls', { keys: ['tls.crt', 'tls.key'], value: 'any' }],
  ['kubernetes.io/basic-auth', { keys: ['password', 'username'], any: true, value: 'any' }],
  ['kubernetes.io/ssh-auth', { keys: ['ssh-privatekey'], value: 'some' }],
  ['kubernetes.io/dockerconfigjson', { keys: ['.dockerconfigjson'], value: 'json' }],
  ['kubernetes.io/dockercfg', { keys: ['.dockercfg'], value: 'json' }],
]);

const SOUND: Readonly<Record<Demand['value'], (encoded: string) => boolean>> = {
  any: () => true,
  some: (encoded) => encoded !== '',
  json: (encoded) => {
    try {
      return isObject(JSON.parse(Buffer.from(encoded, 'base64').toString()));
    } catch {
      return false;
    }
  },
};

/** The keys that the type of a Secret demands, and that are not there as they have to be. */
export function missingKeys(secret: JsonObject): readonly string[] {
  const demand = DEMANDS.get(textIn(secret, 'type'));
  if (demand === undefined) return [];
  const there = new Map(dataKeysOf(secret).map((one) => [one.key, one]));
  const missing = demand.keys.filter((key) => !isThere(there.get(key), demand.value));
  return demand.any && missing.length < demand.keys.length ? [] : missing;
}

const isThere = (key: DataKey | undefined, value: Demand['value']): boolean =>
  key !== undefined && SOUND[value](key.encoded);

/** True if what the type demands has to be JSON, which no placeholder is. */
export const demandsJson = (secret: JsonObject): boolean =>
  DEMANDS.get(textIn(secret, 'type'))?.value === 'json';

/** What the API server does not take of a Secret because of its type. */
export function flawsOfType(secret: JsonObject): readonly Flaw[] {
  const missing = missingKeys(secret);
  if (missing.length === 0) return [];
  const keys = missing.join(DEMANDS.get(textIn(secret, 'type'))?.any ? ' or ' : ' and ');
  const form = demandsJson(secret)
    ? 'holding a JSON object, which no placeholder is: write "{}", and hand the key to the sync with sidekey.dev/managed-keys'
    : 'for the sync to fill: write "<auto-managed>" below stringData';
  return [{ path: ['type'], message: `demands ${keys} from the start, ${form}` }];
}
