import { type JsonObject, objectIn, textIn } from '#contract/json.ts';
import type { LogLine } from '../line.ts';

/** A request and what became of it: a line of the store's audit log that was written when it was answered. */
export interface Exchange extends LogLine {
  readonly auth: JsonObject;
  readonly request: JsonObject;
  readonly response: JsonObject;
  /** Of the response. */
  readonly data: JsonObject;
  readonly operation: string;
  /** With the store's own namespace before it, as two namespaces may have a path of the same name. */
  readonly path: string;
  /** Such as `secret/`, with the namespace before it; empty if the store is too old to say. */
  readonly mount: string;
  /** Such as `kv`; empty if the store is too old to say. */
  readonly mountType: string;
  /** The store's own words, which are never shown; empty if it did as it was told. */
  readonly error: string;
}

/** True for the lines of a store, requests and answers. */
export const isStoreRecord = (object: JsonObject): boolean =>
  (object['type'] === 'request' || object['type'] === 'response') &&
  textIn(objectIn(object, 'request'), 'id') !== '';

/** Reads the line of an answer, which repeats the request. */
export function readExchange(line: LogLine): Exchange {
  const { object } = line;
  const request = objectIn(object, 'request');
  const response = objectIn(object, 'response');
  const namespace = textIn(objectIn(request, 'namespace'), 'path');
  const mount = textIn(request, 'mount_point');
  return {
    ...line,
    auth: objectIn(object, 'auth'),
    request,
    response,
    data: objectIn(response, 'data'),
    operation: textIn(request, 'operation'),
    path: namespace + textIn(request, 'path'),
    mount: mount === '' ? '' : namespace + mount,
    mountType: textIn(request, 'mount_type'),
    error: textIn(object, 'error'),
  };
}

/** Which product's log it is, as far as the version of its plugins tells. */
export function productOf({ request }: Exchange): string {
  const version = textIn(request, 'mount_running_version') || textIn(request, 'mount_running_plugin_version');
  if (version.endsWith('.bao')) return 'openbao';
  return version.endsWith('.vault') ? 'vault' : 'vault or openbao';
}
