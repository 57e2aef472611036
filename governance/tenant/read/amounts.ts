import { parseQuantity } from '#contract/quantity.ts';
import { storedQuantity } from '../quantity.ts';
import type { Amounts, ContainerDefaults } from '../tenant.ts';
import { entriesOf, type Field, fieldsOf, isAbsent, refuse } from './field.ts';
import { DNS_SUBDOMAIN, RESOURCE } from './form.ts';

/** What a quota counts beside accelerators. */
const KNOWN = (
  'requests.cpu requests.memory limits.cpu limits.memory requests.storage requests.ephemeral-storage limits.ephemeral-storage ' +
  'configmaps persistentvolumeclaims pods replicationcontrollers secrets services services.loadbalancers services.nodeports'
).split(' ');

/** What containers can be given that ask for nothing. */
const OF_CONTAINERS = ['cpu', 'memory', 'ephemeral-storage'] as const;

/** Reads `spec.compute`: the hard limits of each namespace's quota, accelerators excepted. */
export function readCompute(field: Field): Amounts {
  const amounts = readAmounts(field, (name, value) => checkQuotaName(value, name));
  for (const resource of OF_CONTAINERS) {
    const [request, limit] = [`requests.${resource}`, `limits.${resource}`];
    if (isMore(amounts[request], amounts[limit]))
      refuse(
        { ...field, path: [...field.path, request] },
        `is ${amounts[request]}, and ${limit} only ${amounts[limit]}: a container's limit is never below its request, so this could not be used`,
      );
  }
  return amounts;
}

/** Reads `spec.defaults`; undefined if it is absent, which is not the same as naming none. */
export function readDefaults(field: Field, compute: Amounts): ContainerDefaults | undefined {
  if (isAbsent(field)) return undefined;
  const parts = fieldsOf(field, ['requests', 'limits']);
  const requests = readOfContainers(parts.requests);
  const limits = readOfContainers(parts.limits);
  for (const resource of OF_CONTAINERS)
    if (isMore(requests[resource], limits[resource]))
      refuse(
        { ...field, path: [...field.path, 'requests', resource] },
        `is ${requests[resource]}, more than the limit ${limits[resource]}`,
      );
  const isCounted = ['requests', 'limits'].some((kind) => `${kind}.ephemeral-storage` in compute);
  if (isCounted && limits['ephemeral-storage'] === undefined)
    field.report.note(
      field.path,
      'has no limit of ephemeral-storage, which compute counts: agents say nothing of it, and no pod with one would start',
    );
  return { requests, limits };
}

function readOfContainers(field: Field): Amounts {
  fieldsOf(field, OF_CONTAINERS);
  return readAmounts(field, () => undefined);
}

function readAmounts(field: Field, check: (name: string, value: Field) => void): Amounts {
  const amounts = entriesOf(field).flatMap(([name, value]) => {
    check(name, value);
    const amount = readAmount(value);
    return amount === undefined ? [] : [[name, amount] as const];
  });
  return Object.fromEntries(amounts.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function readAmount(field: Field): string | undefined {
  const { value } = field;
  const text = typeof value === 'number' ? String(value) : value;
  const amount = typeof text === 'string' ? storedQuantity(text) : undefined;
  if (amount !== undefined) return amount;
  refuse(field, `is ${JSON.stringify(value)}, and must be a quantity such as 64, "500m" or 512Gi`);
  return undefined;
}

function checkQuotaName(field: Field, name: string): void {
  if (KNOWN.includes(name) || isCounted(name) || isOfStorageClass(name)) return;
  const resource = name.replace(/^(?:requests|limits)\./u, '');
  if (RESOURCE.fits(resource) && !resource.startsWith('count/'))
    refuse(field, `is no resource that is counted here; accelerators belong under accelerators.allow`);
  else if (['cpu', 'memory', 'ephemeral-storage'].includes(name))
    refuse(field, `could be the requests or the limits; write requests.${name} or limits.${name}`);
  else
    refuse(
      field,
      `is unknown. Known here: ${KNOWN.join(', ')}, count/<resource>.<group>, requests.hugepages-<size>`,
    );
}

/** Numbers of objects of any kind, and huge pages. */
const isCounted = (name: string): boolean =>
  (name.startsWith('count/') && DNS_SUBDOMAIN.fits(name.slice('count/'.length))) ||
  /^requests\.hugepages-\d+[KMG]i$/u.test(name);

const isOfStorageClass = (name: string): boolean =>
  /\.storageclass\.storage\.k8s\.io\/(?:requests\.storage|persistentvolumeclaims)$/u.test(name) &&
  DNS_SUBDOMAIN.fits(name.replace(/\/.*$/u, ''));

function isMore(amount: string | undefined, than: string | undefined): boolean {
  const [one, other] = [parseQuantity(amount ?? ''), parseQuantity(than ?? '')];
  return one !== undefined && other !== undefined && one > other;
}
