import type { OutageRule } from '#contract/agent-outage.ts';
import type { FileSpec, InfisicalStore, VaultStore } from '#contract/agent-config.ts';
import type { VOLUME } from '#contract/layout.ts';
import type { SecretSource } from '#contract/secret-source.ts';

export type StoreName = SecretSource['store'];

/** Readable by whichever user the application runs as. */
export const FILE_MODE = 0o644;

/** One file, and the annotation that a person has to look at if it cannot be had. */
export type InjectedFile = FileSpec & {
  readonly key: string;
  /** The annotation that says who is told of its changes, if somebody is. */
  readonly reloadKey?: string;
  /** The stores that it needs to be rendered. */
  readonly needs: readonly StoreName[];
};

/** A tmpfs of files, and where the application finds it. */
export interface Directory {
  readonly volume: (typeof VOLUME)['secrets' | 'files'];
  readonly path: string;
  /** The annotation that puts it elsewhere. */
  readonly key: string;
}

/** What the agent proves its identity with: files in the directory of tokens, which no other container sees. */
export type Credential =
  /** The pod's service-account token, for the audience or else for the API server. */
  | { readonly kind: 'token'; readonly store: StoreName; readonly audience?: string }
  /** Keys of a Secret of the pod's namespace, and the files that they become. */
  | {
      readonly kind: 'secret';
      readonly secretName: string;
      readonly files: Readonly<Record<string, string>>;
    };

/** Names of the service account's tokens in the directory of tokens. */
export const TOKEN_NAME = { vault: 'vault', infisical: 'infisical' } as const;

/** A Secret of the pod's namespace, mounted into the agent's container alone. */
export interface SecretMount {
  readonly volume: (typeof VOLUME)['extra' | 'tls'];
  readonly path: string;
  readonly secretName: string;
  /** The annotation that asks for it. */
  readonly key: string;
}

/** What a pod's annotations ask for, the operator's defaults filled in. */
export interface Injection {
  /** `run` stays beside the application; `init` renders once before it starts. */
  readonly mode: 'run' | 'init';
  /** Among the init containers: after all, or as soon as the native sidecars of others are up. */
  readonly position: 'last' | 'after-sidecars';
  readonly directories: readonly Directory[];
  /** At least one store is there. */
  readonly vault?: VaultStore;
  readonly infisical?: InfisicalStore;
  readonly credentials: readonly Credential[];
  readonly secretMounts: readonly SecretMount[];
  /** Sorted by name, those of the drop-in family first. */
  readonly files: readonly InjectedFile[];
  readonly pollMs: number;
  readonly startDeadlineMs: number | null;
  readonly revokeOnShutdown: boolean;
  /** Absent where an outage changes nothing. */
  readonly onOutage?: OutageRule;
  /** The annotations that say of the pod that it is injected. */
  readonly statusKeys: readonly string[];
}
