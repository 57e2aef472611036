import { isValueMap, JsonNumber, mapAt, numberAt, stringAt, type ValueMap } from '../value/value.ts';
import { type GoMap, type GoValue, Integer, NIL_MAP, StringList, Structure } from './go/value.ts';

/** A whole answer of Vault as a template sees it: `.Data`, `.LeaseID`, `.LeaseDuration` (seconds), … */
export function secretStructure(body: ValueMap): Structure {
  return new Structure(
    '*dependency.Secret',
    new Map<string, GoValue>([
      ['RequestID', stringAt(body, 'request_id') ?? ''],
      ['LeaseID', stringAt(body, 'lease_id') ?? ''],
      ['LeaseDuration', integerAt(body, 'lease_duration')],
      ['Renewable', body.get('renewable') === true],
      ['Data', nonEmptyMap(body, 'data')],
      ['Warnings', stringsAt(body, 'warnings')],
      ['Auth', new Structure('*dependency.SecretAuth', authFields(mapAt(body, 'auth')))],
      ['WrapInfo', new Structure('*dependency.SecretWrapInfo', wrapFields(mapAt(body, 'wrap_info')))],
    ]),
  );
}

function authFields(auth: ValueMap | undefined): GoMap | undefined {
  if (auth === undefined) return undefined;
  return new Map<string, GoValue>([
    ['ClientToken', stringAt(auth, 'client_token') ?? ''],
    ['Accessor', stringAt(auth, 'accessor') ?? ''],
    ['Policies', stringsAt(auth, 'policies')],
    ['Metadata', nonEmptyMap(auth, 'metadata')],
    ['LeaseDuration', integerAt(auth, 'lease_duration')],
    ['Renewable', auth.get('renewable') === true],
  ]);
}

function wrapFields(info: ValueMap | undefined): GoMap | undefined {
  if (info === undefined) return undefined;
  return new Map<string, GoValue>([
    ['Token', stringAt(info, 'token') ?? ''],
    ['TTL', integerAt(info, 'ttl')],
    ['CreationTime', stringAt(info, 'creation_time') ?? ''],
    ['WrappedAccessor', stringAt(info, 'wrapped_accessor') ?? ''],
  ]);
}

/** An empty map counts as none at all, as in Vault Agent. */
function nonEmptyMap(map: ValueMap, key: string): GoMap {
  const value = map.get(key);
  return isValueMap(value) && value.size > 0 ? value : NIL_MAP;
}

function stringsAt(map: ValueMap, key: string): StringList {
  const value = map.get(key);
  const items = Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  return new StringList(items.length > 0 ? items : undefined);
}

function integerAt(map: ValueMap, key: string): Integer {
  const value = map.get(key);
  const number = value instanceof JsonNumber ? (numberAt(map, key) ?? 0) : 0;
  return new Integer(Math.trunc(number));
}
