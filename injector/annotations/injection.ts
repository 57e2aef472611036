import type { OutageRule } from '#contract/agent-outage.ts';
import type { Backoff } from '#contract/backoff.ts';
import type { FileSpec, InfisicalStore, VaultStore } from '#contract/agent-config.ts';
import type { VOLUME } from '#contract/layout.ts';
import type { SecretSource } from '#contract/secret-source.ts';
import type { AgentWishes, Wish } from './agent-wishes.ts';

export type StoreName = SecretSource['store'];

/** Readable by whichever user the application runs as. */
export const FILE_MODE = 0o644;

/** One file, and the annotation that a person has to look at if it cannot be had. */
export type InjectedFile = FileSpec & {
  readonly key: string;
  /** The annotation that says who is told of its changes, if somebody is. */
  readonly reloadKey?: string;
  /** The annotation that says who may read it, if there is one. */
  readonly modeKey?: string;
  /** The stores that it needs to be rendered. */
  readonly needs: readonly StoreName[];
};

/** A tmpfs of files, and where the application finds it. */
export interface Directory {
  readonly volume: string;
  /** Where containers find it. */
  readonly path: string;
  /** Where the agent has it: elsewhere if several volumes stand at one path, each for other containers. */
  readonly agentPath: string;
  /** In MiB. */
  readonly size: number;
  /** The annotation that puts it elsewhere. */
  readonly key: string;
  readonly seenBy: Audience;
}

/** The containers that find a directory. */
export interface Audience {
  /** Of the application. */
  readonly containers: Selection;
  readonly initContainers: Selection;
}

/** Which containers of a list: those that are named, or all but those. */
export type Selection = { readonly only: readonly string[] } | { readonly except: readonly string[] };

export const EVERYBODY: Audience = { containers: { except: [] }, initContainers: { except: [] } };

export const isSelected = (selection: Selection, name: string): boolean =>
  'only' in selection ? selection.only.includes(name) : !selection.except.includes(name);

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

/** Stands for the file of a token in a volume of the pod until it is known where that is mounted. */
export const TOKEN_OF_VOLUME = '';

/** Names of the service account's tokens in the directory of tokens. */
export const TOKEN_NAME = { vault: 'vault', infisical: 'infisical' } as const;

/** A Secret or ConfigMap of the pod's namespace, mounted into the agent's container alone. */
export type SecretMount = {
  readonly volume: (typeof VOLUME)['extra' | 'tls' | 'vaultCa' | 'infisicalCa'];
  readonly path: string;
  /** The annotation that asks for it. */
  readonly key: string;
} & (
  | { readonly secretName: string; readonly item?: string }
  | { readonly configMapName: string; readonly item: string }
);

/** What a pod's annotations ask for, the operator's defaults filled in. */
export interface Injection {
  /** `run` stays beside the application; `init` renders once before it starts. */
  readonly mode: 'run' | 'init';
  /** Among the init containers: before or after all, or as soon as the native sidecars of others are up. */
  readonly position: 'first' | 'last' | 'after-sidecars';
  /** Whether containers wait for the files. */
  readonly gates: boolean;
  readonly directories: readonly Directory[];
  /** The containers that are named as those that are to find files. */
  readonly audiences: readonly Wish<readonly string[]>[];
  /** At least one store is there. */
  readonly vault?: VaultStore;
  readonly infisical?: InfisicalStore;
  readonly credentials: readonly Credential[];
  readonly secretMounts: readonly SecretMount[];
  /** Files of the agent's container, other than templates, and the annotations that name them. */
  readonly agentFiles: readonly Wish<string>[];
  readonly agent: AgentWishes;
  /** Sorted by name, those of the drop-in family first. */
  readonly files: readonly InjectedFile[];
  readonly pollMs: number;
  readonly startDeadlineMs: number | null;
  readonly revokeOnShutdown: boolean;
  /** Absent where an outage changes nothing. */
  readonly onOutage?: OutageRule;
  /** Absent where the agent's own is right. */
  readonly backoff?: Backoff;
  /** After which part of its life what cannot be renewed is replaced; absent: as the agent does by itself. */
  readonly replaceAfter?: number;
  /** The agent ends when it cannot log in, until the first files are there. */
  readonly endsOnLoginFault: boolean;
  /** Whether files are left alone once they are there, as the pod said when it was created; absent: for ever changed. */
  readonly suspend?: boolean;
  /** The annotations that say of the pod that it is injected. */
  readonly statusKeys: readonly string[];
}
