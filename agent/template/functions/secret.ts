import type { SecretRef } from '../../provider/provider.ts';
import { Fault } from '../error.ts';
import { compareText } from '../go/order.ts';
import { isList, isMap, StringList } from '../go/value.ts';
import { secretStructure } from '../secret-structure.ts';
import { certificateStructure } from './pki.ts';
import { trimSpace } from '../go/white-space.ts';
import { type Family, takes, takesMore } from './signature.ts';

export const SECRET: Family<'secret'> = {
  secret: takesMore([], 'string', ([path, ...pairs], context) => {
    if (path === undefined) return undefined;
    const operation = pairs.length === 0 ? 'read' : 'write';
    const body = context.read(reference(operation, path, pairs));
    return body === undefined ? undefined : secretStructure(body);
  }),
  /** A certificate is issued once and kept, over a restart of the agent, too, until half of its life is over. */
  pkiCert: takesMore([], 'string', ([path, ...pairs], context) => {
    if (path === undefined) return undefined;
    const body = context.read(reference('write', path, pairs));
    return body === undefined ? undefined : certificateStructure(body);
  }),
  secrets: takes(['string'], ([path], context) => {
    if (path === '') return new StringList(undefined);
    const data = context.read(reference('list', path, []))?.get('data') ?? null;
    const keys = isMap(data) ? data.get('keys') : undefined;
    if (!isList(keys)) return new StringList(undefined);
    context.spend(keys.length);
    return new StringList(keys.filter(isString).toSorted(compareText));
  }),
};

/** With `k=v` pairs, even empty ones, it is a write. */
function reference(operation: SecretRef['operation'], path: string, pairs: readonly string[]): SecretRef {
  const trimmed = trimSpace(path).replace(/^\/+/u, '').replace(/\/+$/u, '');
  if (trimmed === '') throw new Fault('the path is empty');
  const parameters = Object.fromEntries(pairs.filter((pair) => pair !== '').map(keyAndValue));
  return { store: 'vault', operation, path: trimmed, parameters };
}

function keyAndValue(pair: string): [string, string] {
  const equals = pair.indexOf('=');
  if (equals < 0) throw new Fault('a parameter is not of the form key=value');
  return [trimSpace(pair.slice(0, equals)), trimSpace(pair.slice(equals + 1))];
}

const isString = (value: unknown): value is string => typeof value === 'string';
