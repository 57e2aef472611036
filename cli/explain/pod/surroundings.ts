import { BREAK_GLASS_LABEL } from '#contract/layout.ts';
import { objectIn, textIn } from '#contract/json.ts';
import type { Settings } from '../../../injector/admission/settings.ts';
import { readNamespace } from '../../../injector/annotations/namespace.ts';
import { readBounds } from '../../../injector/pod/bounds.ts';
import type { Manifest } from '../../manifest/manifest.ts';
import { isNamespace, namespaceOf, type NamespaceOptions, textAnnotations } from '../namespace.ts';

/** What a pod's namespace does to it, as far as it is known. */
export interface Surroundings {
  /** False if nobody said what annotations it has. */
  readonly isKnown: boolean;
  /** True if it is labelled so that no injector is asked. */
  readonly isBroken: boolean;
  readonly settings: Pick<Settings, 'namespaces' | 'bounds'>;
}

/** Of the namespace that a manifest's object is in: the Namespace and the LimitRanges among the manifests, or the command line. */
export function surroundingsOf(
  manifest: Manifest,
  all: readonly Manifest[],
  options: NamespaceOptions,
): Surroundings {
  const name = namespaceOf(manifest, options);
  const found = all.findLast(
    (one) =>
      isNamespace(one) && name !== undefined && textIn(objectIn(one.value, 'metadata'), 'name') === name,
  );
  const annotations = found === undefined ? options.annotations : textAnnotations(found.value);
  const said = annotations && readNamespace(annotations);
  const ranges = all.filter(
    (one) => textIn(one.value, 'kind') === 'LimitRange' && namespaceOf(one, options) === name,
  );
  const bounds = readBounds(ranges.map(({ value }) => value));
  const labels = objectIn(objectIn(found?.value ?? {}, 'metadata'), 'labels');
  return {
    isKnown: annotations !== undefined,
    isBroken: labels[BREAK_GLASS_LABEL] === 'true',
    settings: {
      ...(said && { namespaces: { get: () => said } }),
      ...(ranges.length > 0 && { bounds: { get: () => bounds } }),
    },
  };
}
