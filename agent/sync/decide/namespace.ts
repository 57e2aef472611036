import {
  type Binding,
  INFISICAL_BINDING_KEY,
  parseInfisicalBinding,
  parseVaultBinding,
  VAULT_BINDING_KEY,
} from '#contract/binding.ts';
import type { Read } from '#contract/secret-source.ts';
import type { SyncProblem } from './problem.ts';

/** What a namespace lets its Secrets be made of. */
export interface BoundNamespace {
  readonly binding: Binding;
  /** Faults in the namespace's annotations: each Secret in it suffers from them. */
  readonly problems: readonly SyncProblem[];
}

/** Reads a namespace's annotations. One that cannot be read binds to nothing. */
export function readNamespace(annotations: Readonly<Record<string, string>>): BoundNamespace {
  const problems: SyncProblem[] = [];
  const read = <T>(key: string, parse: (text: string) => Read<readonly T[]>): readonly T[] => {
    const result = parse(annotations[key] ?? '');
    if ('value' in result) return result.value;
    const message = `${key} of the namespace cannot be read; expected ${result.expected}`;
    problems.push({ reason: 'invalid_annotation', message });
    return [];
  };
  const infisical = read(INFISICAL_BINDING_KEY, parseInfisicalBinding);
  const vaultPaths = read(VAULT_BINDING_KEY, parseVaultBinding);
  return { binding: { infisical, vaultPaths }, problems };
}
