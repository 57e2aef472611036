import type { Field } from './field.ts';

/** What only one tenant can have. */
export type ClaimKind = 'tenant' | 'namespace' | 'role' | 'path' | 'folder' | 'identity';

/** A tenant says that something is its own. */
export interface Claim {
  readonly kind: ClaimKind;
  /** What is claimed; for a path or a folder with all below it. */
  readonly what: string;
  readonly field: Field;
}

/** Notes that a tenant wants something for itself. */
export type Claiming = (claim: Claim) => void;
