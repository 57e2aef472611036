import { type Json, type JsonObject, objectIn } from '#contract/json.ts';
import { flawsInType, unknownFields } from './field-type.ts';
import type { Flaw } from './finding.ts';
import { faultInLabelValue, faultInName, faultInNamespace, faultInQualifiedName } from './object-names.ts';

const FIELDS = [
  'name',
  'generateName',
  'namespace',
  'labels',
  'annotations',
  'finalizers',
  'ownerReferences',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
  'selfLink',
];

const MOST_ANNOTATION_BYTES = 256 * 1024;

/** What the API server does not take of an object's metadata. */
export function flawsInMetadata(object: JsonObject): readonly Flaw[] {
  const metadata = objectIn(object, 'metadata');
  const types = ['name', 'generateName', 'namespace'].flatMap((field) =>
    flawsInType(metadata[field], ['metadata', field], 'string'),
  );
  return [
    ...flawsInType(object['metadata'], ['metadata'], 'object'),
    ...unknownFields(metadata, ['metadata'], FIELDS),
    ...types,
    ...(types.length === 0 ? flawsInNames(metadata) : []),
    ...flawsInTexts(metadata, 'labels', faultInLabelValue),
    ...flawsInTexts(metadata, 'annotations', () => undefined),
    ...tooManyAnnotations(metadata),
  ];
}

function flawsInNames(metadata: JsonObject): readonly Flaw[] {
  const checked = (field: string, fault: (name: string) => string | undefined): Flaw[] => {
    const value = metadata[field];
    const message = typeof value === 'string' && value !== '' ? fault(value) : undefined;
    return message === undefined ? [] : [{ path: ['metadata', field], message }];
  };
  const named = (metadata['name'] || metadata['generateName'] || '') !== '';
  return [
    ...(named ? [] : [{ path: ['metadata', 'name'], message: 'is missing' }]),
    ...checked('name', faultInName),
    ...checked('namespace', faultInNamespace),
  ];
}

/** A map of texts whose keys are qualified names. */
function flawsInTexts(
  metadata: JsonObject,
  field: string,
  faultIn: (value: string) => string | undefined,
): readonly Flaw[] {
  const path = ['metadata', field];
  const entries = Object.entries(objectIn(metadata, field)).flatMap(([key, value]) => {
    const name = faultInQualifiedName(key);
    const content = typeof value === 'string' ? faultIn(value) : undefined;
    const messages = [name, content].filter((message) => message !== undefined);
    return [
      ...messages.map((message) => ({ path: [...path, key], message })),
      ...flawsInType(value, [...path, key], 'string'),
    ];
  });
  return [...flawsInType(metadata[field], path, 'object'), ...entries];
}

function tooManyAnnotations(metadata: JsonObject): readonly Flaw[] {
  const bytes = Object.entries(objectIn(metadata, 'annotations')).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(textOf(value)),
    0,
  );
  if (bytes <= MOST_ANNOTATION_BYTES) return [];
  const message = `come to ${bytes} bytes; at most ${MOST_ANNOTATION_BYTES} are taken`;
  return [{ path: ['metadata', 'annotations'], message }];
}

const textOf = (value: Json): string => (typeof value === 'string' ? value : '');
