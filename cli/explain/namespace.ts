import { INFISICAL_BINDING_KEY, VAULT_BINDING_KEY } from '#contract/binding.ts';
import { type JsonObject, objectIn, textIn } from '#contract/json.ts';
import { type BoundNamespace, readNamespace } from '../../agent/sync/decide/namespace.ts';
import type { Place } from '../../governance/place.ts';
import type { Manifest } from '../manifest/manifest.ts';

/** What is known of namespaces beside the manifests themselves. */
export interface NamespaceOptions {
  /** Of objects that name none, as kubectl's `-n`. */
  readonly namespace?: string;
  /** Annotations of each namespace that is not among the manifests. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A namespace whose annotations are known. */
export interface KnownNamespace {
  readonly bound: BoundNamespace;
  /** Where an annotation of it stands; undefined if on the command line. */
  at(key: string): Place | undefined;
}

/** What a manifest's object is in; undefined if that is for kubectl to say. */
export const namespaceOf = ({ value }: Manifest, { namespace }: NamespaceOptions): string | undefined =>
  textIn(objectIn(value, 'metadata'), 'namespace') || namespace;

export const isNamespace = ({ value }: Manifest): boolean =>
  value['apiVersion'] === 'v1' && value['kind'] === 'Namespace';

/** The namespace of a manifest, as far as its annotations are known. */
export function knownNamespace(
  manifest: Manifest,
  all: readonly Manifest[],
  options: NamespaceOptions,
): KnownNamespace | undefined {
  const name = namespaceOf(manifest, options);
  const found = all.findLast(
    (one) =>
      isNamespace(one) && name !== undefined && textIn(objectIn(one.value, 'metadata'), 'name') === name,
  );
  if (found !== undefined) return readManifest(found);
  if (options.annotations === undefined) return undefined;
  return { bound: readNamespace(options.annotations), at: () => undefined };
}

/** What a Namespace among the manifests says. */
export const readManifest = ({ value, at }: Manifest): KnownNamespace => ({
  bound: readNamespace(textAnnotations(value)),
  at: (key) => at(['metadata', 'annotations', key]),
});

/** The annotations as they were meant: a bare `true` is a mistake of its own, and no reason to pass an annotation by. */
export function textAnnotations(object: JsonObject): Readonly<Record<string, string>> {
  const annotations = Object.entries(objectIn(objectIn(object, 'metadata'), 'annotations'));
  return Object.fromEntries(
    annotations.flatMap(([key, value]): [string, string][] => {
      if (value === null) return [[key, '']];
      return typeof value === 'object' ? [] : [[key, String(value)]];
    }),
  );
}

/** How the annotations of a namespace may be told. */
export const BINDING_HINT = `give the Namespace as another -f, or --namespace-annotations ${INFISICAL_BINDING_KEY}=… (${VAULT_BINDING_KEY}=…)`;
