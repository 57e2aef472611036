import {
  DEVICE_CLASS_DOMAIN,
  isMigProfile,
  KNOWN_ACCELERATORS,
  meansMig,
  MIG_FORM,
} from '#contract/accelerators.ts';
import type { Accelerators, AllowedDeviceClass, AllowedResource } from '../tenant.ts';
import { MIG_STRATEGIES, REQUIRED } from '../tenant.ts';
import type { Platform } from '../platform.ts';
import {
  entriesOf,
  type Field,
  fieldsOf,
  isAbsent,
  itemsOf,
  readChoice,
  readCount,
  readText,
  refuse,
  nearest,
} from './field.ts';
import { DNS_SUBDOMAIN, LABEL_KEY, LABEL_VALUE, RESOURCE } from './form.ts';

const COUNT = { says: 'a whole number from 1 up; what is not allowed is left out', most: 1_000_000 };

/** What decides whether a name can be allowed. */
interface Rules {
  readonly domains: readonly string[];
  /** Names that are built in, and those that the platform adds. */
  readonly known: readonly string[];
  readonly migStrategy: Accelerators['migStrategy'];
}

/** Reads `spec.accelerators`; absent, a tenant has none. */
export function readAccelerators(
  field: Field,
  { acceleratorDomains: domains, knownAccelerators }: Platform,
): Accelerators {
  const fields = fieldsOf(field, ['migStrategy', 'nodeSelector', 'allow', 'deviceClasses', 'required']);
  const migStrategy = readChoice(fields.migStrategy, MIG_STRATEGIES, 'mixed');
  const nodeSelector = readNodeSelector(fields.nodeSelector);
  const known = [...KNOWN_ACCELERATORS, ...knownAccelerators];
  const allow = readAllowed(fields.allow, { domains, known, migStrategy });
  if (migStrategy === 'single' && allow.length > 0 && isAbsent(fields.nodeSelector))
    refuse(
      fields.nodeSelector,
      'is missing; with migStrategy single only the node tells a slice from a whole GPU: write a label of the nodes with slices, such as gpu-type: h100-mig',
    );
  return {
    migStrategy,
    nodeSelector,
    allow,
    deviceClasses: readDeviceClasses(fields.deviceClasses),
    required: readChoice(fields.required, REQUIRED, 'gpuPods'),
  };
}

function readNodeSelector(field: Field): Readonly<Record<string, string>> {
  const labels = entriesOf(field).flatMap(([key, value]) => {
    if (!LABEL_KEY.fits(key)) refuse(value, `must be ${LABEL_KEY.says}`);
    const text = readText(value, LABEL_VALUE);
    return text === undefined ? [] : [[key, text] as const];
  });
  return Object.fromEntries(labels.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function readAllowed(field: Field, rules: Rules): readonly AllowedResource[] {
  const allowed = itemsOf(field).flatMap((item) => {
    const { resource, max } = fieldsOf(item, ['resource', 'max']);
    const found = { resource: readResource(resource), max: readCount(max, COUNT) };
    if (found.resource === undefined) return [];
    checkResource(resource, found.resource, rules);
    return [{ resource: found.resource, max: found.max ?? 1, item: resource }];
  });
  refuseRepeated(allowed.map(({ resource, item }) => ({ name: resource, item })));
  return allowed
    .map(({ resource, max }) => ({ resource, max }))
    .toSorted((a, b) => (a.resource < b.resource ? -1 : 1));
}

function readResource(field: Field): string | undefined {
  if (typeof field.value !== 'string' || !field.value.includes('*')) return readText(field, RESOURCE);
  refuse(
    field,
    `is ${field.value}, and no quota counts what a wildcard stands for; name each resource with its max`,
  );
  return undefined;
}

function readDeviceClasses(field: Field): readonly AllowedDeviceClass[] {
  const allowed = itemsOf(field).flatMap((item) => {
    const fields = fieldsOf(item, ['name', 'max']);
    const found = { name: readText(fields.name, DNS_SUBDOMAIN), max: readCount(fields.max, COUNT) };
    return found.name === undefined ? [] : [{ name: found.name, max: found.max ?? 1, item: fields.name }];
  });
  refuseRepeated(allowed);
  return allowed.map(({ name, max }) => ({ name, max })).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function refuseRepeated(named: readonly { readonly name: string; readonly item: Field }[]): void {
  const seen = new Set<string>();
  for (const { name, item } of named) {
    if (seen.has(name)) refuse(item, `${name} stands here twice; one max holds for all of a namespace`);
    seen.add(name);
  }
}

function checkResource(field: Field, resource: string, rules: Rules): void {
  const [domain = ''] = resource.split('/');
  if (domain === DEVICE_CLASS_DOMAIN) refuse(field, 'is a DeviceClass; write its name under deviceClasses');
  else if (!rules.domains.includes(domain))
    refuse(
      field,
      `is of ${domain}, which no policy looks at; write one of ${rules.domains.join(', ')}, or add it to spec.accelerators.domains of the Platform`,
    );
  else if (meansMig(resource)) checkSlice(field, resource, rules);
  else noteUnknown(field, resource, rules);
}

function checkSlice(field: Field, resource: string, { known, migStrategy }: Rules): void {
  if (!isMigProfile(resource))
    refuse(
      field,
      `is ${resource}, a profile that MIG does not know${nearest(resource, KNOWN_ACCELERATORS)}; a profile is ${MIG_FORM}`,
    );
  else if (migStrategy === 'single')
    refuse(
      field,
      `is ${resource}, and with migStrategy single slices are called nvidia.com/gpu; write that, or migStrategy: mixed`,
    );
  else if (!isKnown(resource, known))
    refuse(
      field,
      `is ${resource}, a profile of no card that is known here${nearest(resource, known)}; if you have such cards, add it to spec.accelerators.known of the Platform`,
    );
}

/** What time-slicing makes of a name is known with the name. */
const isKnown = (resource: string, known: readonly string[]): boolean =>
  known.includes(resource) || known.includes(resource.replace(/\.shared$/u, ''));

/** Plugins for devices can call them as they like, so that a name like another is only told of. */
function noteUnknown({ path, report }: Field, resource: string, { known }: Rules): void {
  const near = isKnown(resource, known) ? '' : nearest(resource, known);
  if (near !== '') report.note(path, `${resource} is no name that is known here${near}`);
}
