import { isObject, type Json, type JsonObject, objectIn, textIn } from '#contract/json.ts';
import { parseQuantity } from '#contract/quantity.ts';
import { compare } from './compare.ts';
import type { Difference, Path } from './difference.ts';

/** What is to be known of a kind of object that is rendered. */
interface Kind {
  readonly resource: string;
  readonly isNamespaced?: false;
  /** The fields of which everything is declared, so that what is more is a difference. */
  readonly whole?: readonly string[];
  /** What the API server fills in within those, by the name of the field. */
  readonly defaults?: JsonObject;
  /** Whether texts in it are amounts, which can be written in many ways. */
  readonly hasAmounts?: true;
}

const RBAC = 'rbac.authorization.k8s.io';
const POLICIES = 'admissionregistration.k8s.io';

/** Of policies and their bindings; an empty selector selects everything. */
const MATCHING: JsonObject = {
  failurePolicy: 'Fail',
  matchPolicy: 'Equivalent',
  namespaceSelector: {},
  objectSelector: {},
  scope: '*',
};

const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['v1/Namespace', { resource: 'namespaces', isNamespaced: false }],
  ['v1/ResourceQuota', { resource: 'resourcequotas', whole: ['spec'], hasAmounts: true }],
  ['v1/LimitRange', { resource: 'limitranges', hasAmounts: true }],
  ['v1/ServiceAccount', { resource: 'serviceaccounts' }],
  [`${RBAC}/v1/Role`, { resource: 'roles', whole: ['rules'] }],
  [
    `${RBAC}/v1/RoleBinding`,
    { resource: 'rolebindings', whole: ['subjects', 'roleRef'], defaults: { apiGroup: RBAC } },
  ],
  [
    'networking.k8s.io/v1/NetworkPolicy',
    { resource: 'networkpolicies', whole: ['spec'], defaults: { protocol: 'TCP' } },
  ],
  [
    `${POLICIES}/v1/ValidatingAdmissionPolicy`,
    {
      resource: 'validatingadmissionpolicies',
      isNamespaced: false,
      whole: ['spec'],
      defaults: MATCHING,
    },
  ],
  [
    `${POLICIES}/v1/ValidatingAdmissionPolicyBinding`,
    {
      resource: 'validatingadmissionpolicybindings',
      isNamespaced: false,
      whole: ['spec'],
      defaults: MATCHING,
    },
  ],
]);

/** An object that was declared, or is there without having been. */
export interface ObjectName {
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty for what is in none. */
  readonly namespace: string;
  readonly name: string;
}

export function nameOf(object: JsonObject): ObjectName {
  const metadata = objectIn(object, 'metadata');
  return {
    apiVersion: textIn(object, 'apiVersion'),
    kind: textIn(object, 'kind'),
    namespace: textIn(metadata, 'namespace'),
    name: textIn(metadata, 'name'),
  };
}

/**
 * Where the API server has an object.
 *
 * @throws {Error} If it is of a kind that is never rendered.
 */
export function pathOf({ apiVersion, kind, namespace, name }: ObjectName): string {
  const { resource, isNamespaced = true } = kindOf(apiVersion, kind);
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const place = isNamespaced ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${place}/${resource}/${encodeURIComponent(name)}`;
}

function kindOf(apiVersion: string, kind: string): Kind {
  const found = KINDS.get(`${apiVersion}/${kind}`);
  if (found === undefined) throw new Error(`Cannot compare ${apiVersion} ${kind}: it is not known how`);
  return found;
}

/** What of an object, as the API server has it, is not as it was declared. */
export function compareObjects(want: JsonObject, have: JsonObject): readonly Difference[] {
  const {
    whole = [],
    defaults = {},
    hasAmounts = false,
  } = kindOf(textIn(want, 'apiVersion'), textIn(want, 'kind'));
  return compare(want, have, {
    isOurs: (path) => whole.includes(String(path[0])) || isTenancy(path) || path[1] === 'deletionTimestamp',
    isDefault: (path, value) => isSame(defaults[String(path.at(-1))], value),
    isSame: (_, one, other) => hasAmounts && isSameAmount(one, other),
  });
}

/** On a Namespace, what decides what its pods may do: a key that nobody declared is as good as one that was changed. */
const TENANCY = /^(?:sidekey\.dev\/|pod-security\.kubernetes\.io\/|resource\.kubernetes\.io\/admin-access$)/u;

function isTenancy([metadata, field, key]: Path): boolean {
  return (
    metadata === 'metadata' &&
    (field === 'labels' || field === 'annotations') &&
    typeof key === 'string' &&
    TENANCY.test(key)
  );
}

const isSame = (want: Json | undefined, have: Json): boolean =>
  want === have || (isObject(want) && isObject(have) && Object.keys(have).length === 0);

function isSameAmount(one: Json, other: Json): boolean {
  const amount = amountOf(one);
  return amount !== undefined && amount === amountOf(other);
}

const amountOf = (value: Json): bigint | undefined =>
  typeof value === 'string' || typeof value === 'number' ? parseQuantity(String(value)) : undefined;
