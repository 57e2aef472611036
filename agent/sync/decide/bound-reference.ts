import { type Binding, isBound } from '#contract/binding.ts';
import { describeSource, parseInfisicalFolder, type SecretSource } from '#contract/secret-source.ts';
import type { SecretRef } from '../../provider/provider.ts';

/** What a template asks for, in the terms in which namespaces are bound. */
function sourceOf({ store, path }: SecretRef): SecretSource | undefined {
  if (store === 'vault') return { store, path };
  const folder = parseInfisicalFolder(path);
  return folder && { store, ...folder };
}

/** True if a namespace so bound may have what a template asks for. */
export function isRefBound(binding: Binding, ref: SecretRef): boolean {
  const source = sourceOf(ref);
  return source !== undefined && isBound(binding, source);
}

/** The reference as a source is written. */
export function nameRef(ref: SecretRef): string {
  const source = sourceOf(ref);
  return source === undefined ? `${ref.store}:${ref.path}` : describeSource(source);
}
