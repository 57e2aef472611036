import { isArray } from '#contract/json.ts';
import { DEFAULT_SETTINGS } from '../../policy/settings.ts';
import {
  type InfisicalServer,
  type Platform,
  PRODUCTS,
  type StoreNetwork,
  type VaultServer,
} from '../platform.ts';
import {
  type Field,
  fieldsOf,
  isAbsent,
  itemsOf,
  readChoice,
  readCount,
  readText,
  readTexts,
  refuse,
} from './field.ts';
import {
  ADDRESS,
  CIDR,
  DNS_LABEL,
  DNS_SUBDOMAIN,
  type Form,
  DOMAIN,
  MOUNT,
  PRINTABLE,
  STORE_NAMESPACE,
  RESOURCE,
} from './form.ts';
import { PORT } from './network.ts';
import { refuseEverybody, TENANT_FIELDS } from './tenant.ts';

const SPEC = [
  ...(['exemptNamespaces', 'platformGroups', 'platformUsers', 'accelerators'] as const),
  ...(['dns', 'prometheus', 'vault', 'infisical'] as const),
];

/** Reads `kind: Platform`. The document may be absent: everything has a default. */
export function readPlatform(document: Field): Platform {
  const { metadata, spec } = fieldsOf(document, TENANT_FIELDS);
  readText(fieldsOf(metadata, ['name']).name, DNS_LABEL, '');
  const fields = fieldsOf(spec, SPEC);
  const accelerators = fieldsOf(fields.accelerators, ['known', 'deviceClasses', 'domains']);
  const dns = fieldsOf(fields.dns, ['namespace', 'cidrs', 'port']);
  const prometheus = fieldsOf(fields.prometheus, ['namespace']);
  const platform = {
    exemptNamespaces: textsOr(fields.exemptNamespaces, DNS_LABEL, DEFAULT_SETTINGS.exemptNamespaces),
    platformGroups: textsOr(fields.platformGroups, PRINTABLE, DEFAULT_SETTINGS.platformGroups),
    platformUsers: textsOr(fields.platformUsers, PRINTABLE, DEFAULT_SETTINGS.platformUsers),
    knownAccelerators: readTexts(accelerators.known, RESOURCE),
    knownDeviceClasses: readTexts(accelerators.deviceClasses, DNS_SUBDOMAIN),
    acceleratorDomains: textsOr(accelerators.domains, DOMAIN, DEFAULT_SETTINGS.acceleratorDomains),
    dns: {
      namespace: readText(dns.namespace, DNS_LABEL, 'kube-system') ?? '',
      cidrs: readTexts(dns.cidrs, CIDR),
      port: readCount(dns.port, PORT, 53) ?? 53,
    },
    prometheus: { namespace: readText(prometheus.namespace, DNS_LABEL, 'monitoring') ?? '' },
    vault: readVaultServer(fields.vault),
    infisical: readInfisicalServer(fields.infisical),
  };
  for (const field of [fields.platformGroups, fields.platformUsers])
    if (isArray(field.value)) itemsOf(field).forEach(refuseEverybody);
  if (platform.platformGroups.length + platform.platformUsers.length === 0)
    refuse(fields.platformGroups, 'is empty, as is platformUsers: nobody could change a tenant any more');
  return platform;
}

const textsOr = (field: Field, form: Form, fallback: readonly string[]): readonly string[] =>
  isAbsent(field) ? fallback.toSorted() : readTexts(field, form);

const NETWORK = ['address', 'namespace', 'cidrs', 'port'] as const;

function readVaultServer(field: Field): VaultServer {
  const fields = fieldsOf(field, [...NETWORK, 'product', 'storeNamespace', 'mounts', 'audience']);
  const mounts = fieldsOf(fields.mounts, ['jwt', 'kubernetes']);
  const address = readText(fields.address, ADDRESS, '') ?? '';
  return {
    ...readStoreNetwork(fields, portOf(address) ?? 8200),
    product: readChoice(fields.product, PRODUCTS, 'openbao'),
    address,
    storeNamespace: readText(fields.storeNamespace, STORE_NAMESPACE, '') ?? '',
    mounts: {
      jwt: readMount(mounts.jwt, 'auth/jwt'),
      kubernetes: readMount(mounts.kubernetes, 'auth/kubernetes'),
    },
    audience: readText(fields.audience, PRINTABLE, '') ?? '',
  };
}

/** People leave out what all of them begin with. */
function readMount(field: Field, fallback: string): string {
  const mount = readText(field, MOUNT, fallback) ?? fallback;
  if (!mount.startsWith('auth/'))
    refuse(field, `is ${mount}, and must begin with auth/: write auth/${mount}`);
  return mount;
}

function readInfisicalServer(field: Field): InfisicalServer {
  const fields = fieldsOf(field, [...NETWORK, 'kubernetesHost', 'audience']);
  const address = readText(fields.address, ADDRESS, 'https://app.infisical.com') ?? '';
  return {
    ...readStoreNetwork(fields, portOf(address) ?? 443),
    address: address.replace(/\/$/u, ''),
    kubernetesHost: readText(fields.kubernetesHost, ADDRESS, 'https://kubernetes.default.svc') ?? '',
    audience: readText(fields.audience, PRINTABLE, '') ?? '',
  };
}

function readStoreNetwork(
  fields: Readonly<Record<(typeof NETWORK)[number], Field>>,
  port: number,
): StoreNetwork {
  return {
    namespace: readText(fields.namespace, DNS_LABEL, '') ?? '',
    cidrs: readTexts(fields.cidrs, CIDR),
    port: readCount(fields.port, PORT, port) ?? port,
  };
}

/** The port that an address names, in whatever way; undefined for none. */
function portOf(address: string): number | undefined {
  if (!URL.canParse(address)) return undefined;
  const { port, protocol } = new URL(address);
  return port === '' ? { 'https:': 443, 'http:': 80 }[protocol] : Number(port);
}
