import { KNOWN_ACCELERATORS, KNOWN_DEVICE_CLASSES } from '#contract/accelerators.ts';
import { isObject, textIn } from '#contract/json.ts';
import { describePlace, type Place } from '../place.ts';
import type { Declaration, Remark } from './declaration.ts';
import type { Platform, Tenancy } from './platform.ts';
import type { Claim } from './read/claim.ts';
import { refuseContradictions, type TenantClaim } from './read/contradictions.ts';
import { type Field, refuse } from './read/field.ts';
import { readPlatform } from './read/platform.ts';
import { type Remarks, reportOn, SILENT } from './read/report.ts';
import { readTenant } from './read/tenant.ts';
import { zerosFor } from './render/quota.ts';
import type { Tenant } from './tenant.ts';

const API_VERSION = 'sidekey.dev/v1';

/** What the files declare, or *every* problem in them. Notes are worth knowing, and no obstacle. */
export type ParsedTenancy =
  | { readonly ok: true; readonly value: Tenancy; readonly notes: readonly Remark[] }
  | { readonly ok: false; readonly problems: readonly Remark[]; readonly notes: readonly Remark[] };

/** Reads the documents of all files together, whatever their order; `unread` is what of the files is no document. */
export function parseTenancy(
  declarations: readonly Declaration[],
  unread: readonly Remark[] = [],
): ParsedTenancy {
  const remarks: Remarks = { problems: [...unread], notes: [] };
  const documents = declarations
    .map((declaration) => ({ declaration, place: declaration.at([]) }))
    .toSorted((a, b) => comparePlaces(a.place, b.place))
    .map(({ declaration }): Field => {
      return { value: declaration.value, path: [], report: reportOn(declaration, remarks) };
    });
  const ours = documents.filter(hasKnownHead);
  const ofKind = (kind: string): readonly Field[] => ours.filter((one) => headOf(one).kind === kind);
  const platform = readPlatforms(ofKind('Platform'));
  const tenants = readTenants(ofKind('Tenant'), platform);
  const problems = byPlace(remarks.problems);
  const notes = byPlace(remarks.notes);
  if (problems.length > 0) return { ok: false, problems, notes };
  return { ok: true, value: tenancyOf(platform, tenants), notes };
}

const headOf = ({ value }: Field): { apiVersion: string; kind: string } => {
  const object = isObject(value) ? value : {};
  return { apiVersion: textIn(object, 'apiVersion'), kind: textIn(object, 'kind') };
};

/** True if the document can be read on: what another version means by its fields, nobody here knows. */
function hasKnownHead(document: Field): boolean {
  const { apiVersion, kind } = headOf(document);
  const part = (name: string): Field => ({ ...document, path: [name] });
  if (apiVersion !== API_VERSION)
    refuse(part('apiVersion'), `${said(apiVersion)}; known here is ${API_VERSION}`);
  if (kind !== 'Tenant' && kind !== 'Platform')
    refuse(part('kind'), `${said(kind)}; known here are Tenant and Platform`);
  return apiVersion === API_VERSION;
}

const said = (text: string): string => (text === '' ? 'is missing' : `is ${JSON.stringify(text)}`);

/** The one there is; what it does not say, and all of it if there is none, has a default. */
function readPlatforms([first, ...more]: readonly Field[]): Platform {
  for (const other of more) {
    refuse({ ...other, path: ['kind'] }, `is a second Platform; the first is in ${placeOf(first ?? other)}`);
    readPlatform(other);
  }
  return readPlatform(first ?? { value: undefined, path: [], report: SILENT });
}

const placeOf = ({ report, path }: Field): string => describePlace(report.place(path));

function readTenants(documents: readonly Field[], platform: Platform): readonly Tenant[] {
  const claims: TenantClaim[] = [];
  const tenants = documents.map((document) => {
    const own: Claim[] = [];
    const tenant = readTenant(document, platform, (claim) => void own.push(claim));
    claims.push(...own.map((claim) => ({ ...claim, tenant: tenant?.name ?? 'a tenant without a name' })));
    return tenant;
  });
  refuseContradictions(claims);
  return tenants.filter((tenant) => tenant !== undefined).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function tenancyOf(platform: Platform, tenants: readonly Tenant[]): Tenancy {
  const allowed = tenants.flatMap(({ accelerators }) => accelerators.allow.map(({ resource }) => resource));
  const classes = tenants.flatMap(({ accelerators }) => accelerators.deviceClasses.map(({ name }) => name));
  return {
    platform,
    tenants,
    zeros: zerosFor(
      sorted([...KNOWN_ACCELERATORS, ...platform.knownAccelerators, ...allowed]),
      sorted([...KNOWN_DEVICE_CLASSES, ...platform.knownDeviceClasses, ...classes]),
    ),
  };
}

const sorted = (names: readonly string[]): readonly string[] => [...new Set(names)].toSorted();

const byPlace = (remarks: readonly Remark[]): readonly Remark[] =>
  remarks.toSorted((a, b) => comparePlaces(a.place, b.place));

function comparePlaces(a: Place, b: Place): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
