import { isArray, type JsonObject, objectIn, textIn } from '#contract/json.ts';
import type { Exchange } from './exchange.ts';

/** Who asked, as far as the store's log tells. */
export type Principal = Pod | Account | Other;

interface Service {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly role: string;
}

/** A pod: the API server put its uid into the token, and the login method put that into the log. */
export interface Pod extends Service {
  readonly kind: 'pod';
  readonly key: string;
  readonly uid: string;
  readonly name: string;
  /** Empty if the token did not say. */
  readonly node: string;
}

/** A service account that any number of pods may have. Of its logins each is told apart if the store says so. */
export interface Account extends Service {
  readonly kind: 'account';
  readonly key: string;
}

/** A person, or a machine that is no pod of a cluster. */
export interface Other {
  readonly kind: 'other';
  readonly key: string;
  /** Such as `userpass-bob`; empty if nobody logged in. */
  readonly name: string;
  readonly isRoot: boolean;
}

/** What the claim mappings of a rendered role are called, and how others like to call them. */
export function principalOf({ auth }: Exchange): Principal {
  const metadata = objectIn(auth, 'metadata');
  const namespace = textIn(metadata, 'service_account_namespace');
  if (namespace === '') return other(auth);
  const serviceAccount = textIn(metadata, 'service_account_name') || textIn(metadata, 'service_account');
  const service = { namespace, serviceAccount, role: textIn(metadata, 'role') };
  const uid = textIn(metadata, 'pod_uid');
  if (uid === '') return { kind: 'account', key: accountKey(service, auth), ...service };
  const name = textIn(metadata, 'pod_name');
  const node = textIn(metadata, 'node_name') || textIn(metadata, 'node');
  return { kind: 'pod', key: `pod:${uid}`, uid, name, node, ...service };
}

/** Batch tokens have no accessor. */
const accountKey = ({ namespace, serviceAccount }: Service, auth: JsonObject): string =>
  `account:${namespace}/${serviceAccount}:${textIn(auth, 'accessor') || textIn(auth, 'entity_id')}`;

function other(auth: JsonObject): Other {
  const policies = auth['policies'];
  const isRoot = isArray(policies) && policies.includes('root');
  const name = textIn(auth, 'display_name');
  return { kind: 'other', key: `other:${name}:${textIn(auth, 'entity_id')}`, name, isRoot };
}
