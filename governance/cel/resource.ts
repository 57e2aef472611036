import { type JsonObject, textIn } from '#contract/json.ts';

/** A kind of object as the API server files it. */
export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The plural, as it stands in paths. */
  readonly resource: string;
  readonly subresource?: string;
}

/** What the API server makes of a manifest's `apiVersion` and `kind`. */
export function resourceOf(object: JsonObject): Resource {
  const kind = textIn(object, 'kind');
  const [group, version] = groupAndVersion(textIn(object, 'apiVersion'));
  return { group, version, kind, resource: pluralOf(kind.toLowerCase()) };
}

function groupAndVersion(apiVersion: string): readonly [string, string] {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
}

/** As the names of Kubernetes' own kinds have it. */
function pluralOf(kind: string): string {
  if (kind === 'endpoints') return kind;
  if (/[^aeiou]y$/u.test(kind)) return `${kind.slice(0, -1)}ies`;
  return /(?:s|x|ch)$/u.test(kind) ? `${kind}es` : `${kind}s`;
}
