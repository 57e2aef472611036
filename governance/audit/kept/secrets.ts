/** A secret of a store, and what is known of its versions. */
export interface Secret {
  readonly store: string;
  readonly path: string;
  /** When each version was first seen to exist, in milliseconds since 1970. */
  readonly versions: Map<number, number>;
  /** 0 if it has no versions. */
  newest: number;
  /** When somebody read the newest for the first time, in milliseconds since 1970; undefined if nobody did. */
  lastDelivery: number | undefined;
  /** Of a secret without versions: what was read last, and since when it is that. */
  content: { readonly value: string; readonly since: number } | undefined;
}

/** A secret may be written every second for a year; of so many versions it is known when they came. */
const MOST_VERSIONS = 1000;

export const createSecret = (store: string, path: string): Secret => ({
  store,
  path,
  versions: new Map(),
  newest: 0,
  lastDelivery: undefined,
  content: undefined,
});

/** The version exists at this moment. */
export function versionSeen(secret: Secret, version: number, at: number): void {
  const { versions } = secret;
  const known = versions.get(version);
  if (known !== undefined && known <= at) return;
  versions.set(version, at);
  if (version > secret.newest) secret.lastDelivery = undefined;
  secret.newest = Math.max(secret.newest, version);
  if (versions.size > MOST_VERSIONS) versions.delete(Math.min(...versions.keys()));
}

/** What the secret holds at this moment is this. */
export function contentSeen(secret: Secret, value: string, at: number): void {
  const { content } = secret;
  if (content === undefined || (content.value !== value && at >= content.since))
    secret.content = { value, since: at };
}

/** What somebody read last of a secret. */
export interface Held {
  /** 0 if it has none. */
  readonly version: number;
  /** Empty if it has versions. */
  readonly content: string;
}

/** Since when there is something newer; undefined if there is nothing. */
export function supersededSince({ versions, content }: Secret, held: Held): number | undefined {
  if (held.content !== '') return content?.value === held.content ? undefined : content?.since;
  const times = [...versions].filter(([version]) => version > held.version).map(([, at]) => at);
  return times.length === 0 ? undefined : Math.min(...times);
}
