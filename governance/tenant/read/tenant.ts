import {
  type Enforcement,
  ENFORCEMENTS,
  type Member,
  MEMBER_KINDS,
  POD_SECURITY_LEVELS,
  type Tenant,
} from '../tenant.ts';
import type { Platform } from '../platform.ts';
import { readAccelerators } from './accelerators.ts';
import { readCompute, readDefaults } from './amounts.ts';
import type { Claiming } from './claim.ts';
import {
  type Field,
  fieldsOf,
  isAbsent,
  itemsOf,
  readChoice,
  readText,
  refuse,
  someItemsOf,
} from './field.ts';
import { DNS_LABEL, DNS_SUBDOMAIN, PRINTABLE } from './form.ts';
import { readNetwork } from './network.ts';
import { readInfisical, readVault } from './secrets.ts';

export const TENANT_FIELDS = ['apiVersion', 'kind', 'metadata', 'spec'] as const;

const SPEC = [
  ...([
    'owner',
    'namespaces',
    'members',
    'accelerators',
    'compute',
    'defaults',
    'network',
    'secrets',
  ] as const),
  ...(['podSecurity', 'enforcement'] as const),
];

/** Reads one `kind: Tenant`; undefined if it has no name to go by. */
export function readTenant(document: Field, platform: Platform, claim: Claiming): Tenant | undefined {
  const { metadata, spec } = fieldsOf(document, TENANT_FIELDS);
  const called = fieldsOf(metadata, ['name']).name;
  const name = readText(called, DNS_LABEL);
  if (name !== undefined) claim({ kind: 'tenant', what: name, field: called });
  const fields = fieldsOf(spec, SPEC);
  const secrets = fieldsOf(fields.secrets, ['vault', 'infisical']);
  const members = fieldsOf(fields.members, ['developers', 'viewers']);
  const context = { tenant: name ?? '', claim };
  const compute = readCompute(fields.compute);
  const tenant = {
    owner: readText(fields.owner, PRINTABLE, '') ?? '',
    namespaces: readNamespaces(fields.namespaces, platform, claim),
    developers: readMembers(members.developers),
    viewers: readMembers(members.viewers),
    accelerators: readAccelerators(fields.accelerators, platform),
    compute,
    defaults: readDefaults(fields.defaults, compute),
    network: readNetwork(fields.network),
    vault: readVault(secrets.vault, context),
    infisical: readInfisical(secrets.infisical, context),
    podSecurity: readChoice(fields.podSecurity, POD_SECURITY_LEVELS, 'restricted'),
    enforcement: readChoice<Enforcement>(fields.enforcement, ENFORCEMENTS, 'deny'),
  };
  return name === undefined ? undefined : { name, ...tenant };
}

/** A namespace is a text, or an object with a name. */
function readNamespaces(field: Field, platform: Platform, claim: Claiming): readonly string[] {
  const items = someItemsOf(field, 'must name at least one namespace');
  const names = items.flatMap((item) => {
    const place = typeof item.value === 'object' ? fieldsOf(item, ['name']).name : item;
    const name = readText(place, DNS_LABEL);
    if (name === undefined) return [];
    const use = platformUse(name, platform);
    if (use !== undefined) refuse(place, `${name} ${use}; it can be no tenant's`);
    claim({ kind: 'namespace', what: name, field: place });
    return [name];
  });
  return [...new Set(names)].toSorted();
}

/** What the platform itself has a namespace for. */
function platformUse(name: string, platform: Platform): string | undefined {
  if (platform.exemptNamespaces.includes(name)) return 'is exempt from all policies';
  if (name.startsWith('kube-')) return 'is of Kubernetes itself';
  if (name === platform.prometheus.namespace) return 'is where Prometheus runs';
  if (name === platform.dns.namespace) return 'is where names are resolved';
  const stores = [platform.vault.namespace, platform.infisical.namespace];
  return stores.includes(name) ? 'is where a store runs' : undefined;
}

/** Groups that hold everybody, and whoever does not say who it is. */
const EVERYBODY = [
  'system:authenticated',
  'system:unauthenticated',
  'system:serviceaccounts',
  'system:anonymous',
];

/** Notes a problem with a name that stands for everybody. */
export function refuseEverybody({ value, path, report }: Field): void {
  if (typeof value === 'string' && EVERYBODY.includes(value))
    report.problem(path, `is ${value}, which is everybody`);
}

function readMembers(field: Field): readonly Member[] {
  const members = itemsOf(field).flatMap((item) => {
    const member = readMember(item);
    return member === undefined ? [] : [member];
  });
  const distinct = new Map(members.map((member) => [JSON.stringify(member), member]));
  if (distinct.size < members.length) refuse(field, 'names somebody twice');
  return [...distinct.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, member]) => member);
}

function readMember(field: Field): Member | undefined {
  const fields = fieldsOf(field, ['kind', 'name', 'namespace']);
  if (isAbsent(fields.kind)) refuse(fields.kind, `is missing; it is to be one of ${MEMBER_KINDS.join(', ')}`);
  const kind = readChoice(fields.kind, MEMBER_KINDS, 'Group');
  const isAccount = kind === 'ServiceAccount';
  const name = readText(fields.name, isAccount ? DNS_SUBDOMAIN : PRINTABLE);
  const namespace = isAccount ? readText(fields.namespace, DNS_LABEL) : '';
  if (!isAccount && !isAbsent(fields.namespace))
    refuse(fields.namespace, `is for a ServiceAccount; a ${kind} has none`);
  refuseEverybody(fields.name);
  return name === undefined || namespace === undefined ? undefined : { kind, name, namespace };
}
