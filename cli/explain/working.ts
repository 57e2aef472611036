import { stringify } from 'yaml';
import { type JsonObject, objectIn } from '#contract/json.ts';
import { PLACEHOLDER, STATUS_KEYS } from '#contract/secret-sync.ts';
import { flawsForApiServer } from './api-server.ts';
import { type DataKey, dataKeysOf, isBase64, isShown } from './data-key.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { textAnnotations } from './namespace.ts';
import { demandsJson, missingKeys } from './secret-type.ts';

/** A manifest that the API server takes and the sync fills. */
export interface WorkingManifest {
  /** YAML. In place of a value of the user's there is only a comment, for it may be a secret. */
  readonly text: string;
  /** True if no value had to be left out, so that it may be applied as it stands. */
  readonly whole: boolean;
}

/** The manifest as it works; undefined if something is wrong with it that its user has to decide. */
export function workingManifest(manifest: Manifest): WorkingManifest | undefined {
  const secret = manifest.value;
  const keys = dataKeysOf(secret);
  const missing = missingKeys(withValues(secret, keys));
  // A value of the user's that does not do is the user's to change.
  if (keys.some((one) => !isShown(one) && missing.includes(one.key))) return undefined;
  const head = headOf(secret, missing);
  const values = [
    ...keys.filter(({ key }) => !missing.includes(key)),
    ...missing.map((key) => filled(key, secret)),
  ];
  const metadata = { ...objectIn(secret, 'metadata'), ...objectIn(head, 'metadata') };
  if (flawsForApiServer(withValues({ ...secret, ...head, metadata }, values)).length > 0) return undefined;
  const sections = (['data', 'stringData'] as const).map((field) => sectionOf(field, values, manifest));
  return {
    text: `${stringify(head, FORMAT)}${sections.join('')}`,
    whole: keys.every(isShown),
  };
}

const FORMAT = { lineWidth: 0, aliasDuplicateObjects: false, version: '1.1' } as const;

/** The Secret with its values where they can be read, whatever they were. */
const withValues = (secret: JsonObject, keys: readonly DataKey[]): JsonObject => ({
  ...secret,
  data: Object.fromEntries(keys.map(({ key, encoded }) => [key, encoded])),
  stringData: null,
});

/** Of the metadata, what a manifest says; the rest is the API server's. */
const METADATA_FIELDS = [
  'name',
  'generateName',
  'namespace',
  'labels',
  'annotations',
  'finalizers',
  'ownerReferences',
];

/** Written by others than the user; the first of them holds what the Secret held. */
const FOREIGN_ANNOTATIONS: readonly string[] = [
  'kubectl.kubernetes.io/last-applied-configuration',
  STATUS_KEYS.version,
  STATUS_KEYS.lastSync,
  STATUS_KEYS.error,
];

function headOf(secret: JsonObject, missing: readonly string[]): JsonObject {
  const metadata = objectIn(secret, 'metadata');
  const annotations = Object.fromEntries(
    Object.entries(annotationsOf(secret, missing)).filter(([key]) => !FOREIGN_ANNOTATIONS.includes(key)),
  );
  const kept = METADATA_FIELDS.filter((field) => (metadata[field] ?? undefined) !== undefined);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: Object.fromEntries(
      kept.map((field) => [field, field === 'annotations' ? annotations : (metadata[field] ?? null)]),
    ),
    ...pick(secret, 'type'),
    ...pick(secret, 'immutable'),
  };
}

const pick = (object: JsonObject, field: string): JsonObject => {
  const value = object[field] ?? undefined;
  return value === undefined ? {} : { [field]: value };
};

/** A key that has to hold something else than a placeholder is the sync's only if the annotation says so. */
function annotationsOf(secret: JsonObject, missing: readonly string[]): Readonly<Record<string, string>> {
  const annotations = textAnnotations(secret);
  if (missing.length === 0 || !demandsJson(secret)) return annotations;
  const managed = annotations[STATUS_KEYS.managedKeys] ?? '';
  const keys = [...managed.split(',').filter((key) => key !== ''), ...missing];
  return { ...annotations, [STATUS_KEYS.managedKeys]: [...new Set(keys)].join(',') };
}

/** A key that the Secret's type demands, with what is taken for a start. */
function filled(key: string, secret: JsonObject): DataKey {
  const text = demandsJson(secret) ? '{}' : PLACEHOLDER;
  return { key, field: 'stringData', holds: 'open', encoded: Buffer.from(text).toString('base64') };
}

function sectionOf(field: DataKey['field'], keys: readonly DataKey[], manifest: Manifest): string {
  const lines = keys
    .filter((one) => placeOf(one, manifest) === field)
    .map((one) => lineOf(one, field, manifest));
  return lines.length === 0 ? '' : `${field}:\n${lines.join('')}`;
}

/** Where a value belongs. */
function placeOf(one: DataKey, { value }: Manifest): DataKey['field'] {
  return one.holds === 'misplaced' || isRaw(one, value) ? 'stringData' : one.field;
}

/** True for a value of the user's below `data` that is no base64. */
function isRaw({ key, field, holds }: DataKey, secret: JsonObject): boolean {
  const text = objectIn(secret, field)[key];
  return (
    field === 'data' &&
    (holds === 'own' || holds === 'given') &&
    !(typeof text === 'string' && isBase64(text))
  );
}

function lineOf(one: DataKey, field: DataKey['field'], manifest: Manifest): string {
  const name = stringify(one.key, FORMAT).trim();
  if (isShown(one)) {
    const text = field === 'data' ? one.encoded : Buffer.from(one.encoded, 'base64').toString();
    return `  ${name}: ${JSON.stringify(text)}\n`;
  }
  const { line } = manifest.at([one.field, one.key]);
  const advice = isRaw(one, manifest.value)
    ? `, which is no base64: move line ${line} here`
    : `: keep line ${line}`;
  return `  # ${name}: (a value of its own${advice})\n`;
}
