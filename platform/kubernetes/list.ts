import { type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import type { KubernetesCall } from './call.ts';
import type { Kubernetes } from './client.ts';
import { KubernetesError } from './errors.ts';
import { versionOf } from './metadata.ts';

/** A set of objects of one kind. */
export interface Watched {
  /** Of the kind, in all namespaces or one: `/api/v1/secrets`, `/api/v1/namespaces/ml/secrets`. */
  readonly path: string;
  /** True to get `PartialObjectMetadata`: the objects without `data`, `spec` and `status`. */
  readonly metadataOnly: boolean;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** As large as kubectl's; a page is held whole. */
const PAGE = 500;

const JSON_TYPE = 'application/json';
const partial = (kind: string): string => `${JSON_TYPE};as=${kind};g=meta.k8s.io;v=v1`;

/** The call that lists the objects, or, with `watch`, follows them. */
export function callFor(
  { path, metadataOnly, labelSelector, fieldSelector }: Watched,
  query: Readonly<Record<string, string>>,
): KubernetesCall {
  const kind = 'watch' in query ? 'PartialObjectMetadata' : 'PartialObjectMetadataList';
  return {
    method: 'GET',
    path,
    query: {
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
      ...query,
    },
    accept: metadataOnly ? partial(kind) : JSON_TYPE,
  };
}

/** One page of a list, and the version of the whole list. */
export interface Page {
  readonly items: readonly JsonObject[];
  readonly version: string;
}

/**
 * The pages of a list, all of one moment: no version is asked for, which is the most recent one.
 *
 * @throws {KubernetesError} `gone` if the moment is too long ago for the next page, and as for any request.
 */
export async function* listPages(
  kubernetes: Kubernetes,
  watched: Watched,
  signal: AbortSignal,
): AsyncIterable<Page> {
  let next = '';
  do {
    const query = { limit: String(PAGE), ...(next === '' ? {} : { continue: next }) };
    const call = callFor(watched, query);
    const list = await kubernetes.request({ ...call, timeoutMs: LIST_TIMEOUT_MS }, signal);
    const version = versionOf(list);
    if (version === '' || !Array.isArray(list['items'])) throw noList(watched);
    yield { items: listIn(list, 'items'), version };
    next = textIn(objectIn(list, 'metadata'), 'continue');
  } while (next !== '');
}

/** A page of large objects from a busy server takes longer than most answers. */
const LIST_TIMEOUT_MS = 30_000;

const noList = ({ path }: Watched): KubernetesError =>
  new KubernetesError(
    'invalid_response',
    `Cannot list ${path}: the answer is no list with a resourceVersion`,
  );
