import type { FileTarget, TemplateSource, VaultStore } from '#contract/agent-config.ts';

/** The token for the one Vault store, in the directory of tokens. */
export const TOKEN_NAME = 'vault';

/** One file, and the annotation that a person has to look at if it cannot be had. */
export interface InjectedFile extends FileTarget {
  readonly template: TemplateSource;
  readonly key: string;
}

/** What a pod's annotations ask for, the operator's defaults filled in. */
export interface Injection {
  /** `run` stays beside the application; `init` renders once before it starts. */
  readonly mode: 'run' | 'init';
  /** Where the application finds the files. */
  readonly directory: string;
  readonly vault: VaultStore;
  /** Sorted by name. */
  readonly files: readonly InjectedFile[];
  readonly pollMs: number;
  readonly startDeadlineMs: number | null;
  readonly revokeOnShutdown: boolean;
}
