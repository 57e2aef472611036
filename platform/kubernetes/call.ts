/** One request to the API server. */
export interface KubernetesCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From the root, each part already encoded, such as `/api/v1/namespaces/ml/secrets/model-registry`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: object;
  /** How a body is to be understood. Default: `json`, the whole object; a PATCH is either `apply` or `merge`. */
  readonly type?: 'json' | 'apply' | 'merge';
  /** Default: `application/json`. */
  readonly accept?: string;
  /**
   * From the call to the whole answer, or of a stream to its first byte; in milliseconds. Waiting for a free connection
   * counts. Default: 10,000.
   */
  readonly timeoutMs?: number;
}

/** What is asked for, in the API server's terms. */
interface Target {
  /** The API group; empty for the core's. */
  readonly group: string;
  readonly namespace?: string;
  /** With its subresource, as RBAC spells it: `pods/status`. */
  readonly resource: string;
  readonly name?: string;
}

const PATH =
  /^\/(?:api|apis\/(?<group>[^/]+))\/[^/]+(?:\/namespaces\/(?<namespace>[^/]+)(?=\/))?\/(?<resource>[^/]+)(?:\/(?<name>[^/]+))?(?:\/(?<part>[^/]+))?$/u;

/** What a path names; undefined if it names no resource (`/version`). */
export function targetOf(path: string): Target | undefined {
  const { group = '', namespace, resource, name, part } = PATH.exec(path)?.groups ?? {};
  if (resource === undefined) return undefined;
  return {
    group,
    resource: part === undefined ? resource : `${resource}/${part}`,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  };
}

/** The verb by which RBAC knows a call. */
export function verbOf({ method, path, query = {} }: KubernetesCall): string {
  if (query['watch'] !== undefined) return 'watch';
  if (method === 'GET') return targetOf(path)?.name === undefined ? 'list' : 'get';
  return { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }[method];
}

/** What a call does, to follow "Cannot": `patch secrets model-registry in ml`. */
export function describeCall(call: KubernetesCall): string {
  const target = targetOf(call.path);
  if (target === undefined) return `${call.method} ${call.path}`;
  const { resource, name, namespace } = target;
  const place = namespace === undefined ? '' : ` in ${namespace}`;
  return `${verbOf(call)} ${resource}${name === undefined ? '' : ` ${name}`}${place}`;
}
