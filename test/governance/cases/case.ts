import type { JsonObject } from '#contract/json.ts';

type PolicyName =
  | 'sidekey-gpu-limits'
  | 'sidekey-gpu-resources'
  | 'sidekey-gpu-device-classes'
  | 'sidekey-gpu-node-selector'
  | 'sidekey-gpu-no-bypass'
  | 'sidekey-store-access'
  | 'sidekey-injected'
  | 'sidekey-tenancy-guard'
  | 'sidekey-no-plaintext-secrets'
  | 'sidekey-audit-trail';

/** One policy that denies the object, and what its message says. */
export interface Denial {
  readonly policy: PolicyName;
  /** A part of the message, or what the whole of it matches. */
  readonly says: string | RegExp;
}

/** Who sends the request. */
export interface Requester {
  readonly username: string;
  readonly groups: readonly string[];
}

/**
 * One request and what every policy is to make of it, written by hand. The object's namespace is one of `namespaces.ts`;
 * policies that are not among `denies` allow it.
 */
export interface Case {
  /** A sentence, and the case's only identity. */
  readonly name: string;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  /** As the API server shows it to a policy, without what the server itself would add; for DELETE what there was. */
  readonly object: JsonObject;
  /** For UPDATE: what there was before; the policies were not in the way when it was made. */
  readonly oldObject?: JsonObject;
  readonly subresource?: 'ephemeralcontainers';
  /** Someone of the team, without rights over tenancy, if it is not said. */
  readonly user?: Requester;
  /** Exactly the policies that deny; none: everyone allows. */
  readonly denies: readonly Denial[];
  /** Why the API server itself refuses the object, whatever the policies say: it is judged offline alone. */
  readonly serverRefuses?: string;
}
