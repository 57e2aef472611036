import { ACCELERATOR_DOMAINS } from '#contract/accelerators.ts';

/** What a platform decides about all policies at once. */
export interface PolicySettings {
  /** Namespaces of the platform itself, whose objects no policy looks at. */
  readonly exemptNamespaces: readonly string[];
  /** Groups and users that may change what a namespace is allowed. */
  readonly platformGroups: readonly string[];
  readonly platformUsers: readonly string[];
  /** What comes before the slash in the name of a resource that is an accelerator. */
  readonly acceleratorDomains: readonly string[];
}

export const DEFAULT_SETTINGS: PolicySettings = {
  exemptNamespaces: ['kube-system', 'gpu-operator', 'sidekey'],
  platformGroups: ['system:masters', 'sidekey:platform'],
  platformUsers: [],
  acceleratorDomains: ACCELERATOR_DOMAINS,
};
