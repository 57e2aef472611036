import type { InfisicalAuth } from '#contract/agent-config.ts';
import type { AccountAuth } from '#contract/vault-auth.ts';
import type { Limits } from './limits.ts';

/** What the operator decided about one store, whatever it is; of some of it a namespace may say something else. */
interface StoreDefaults {
  readonly address: string;
  /** The addresses that a pod may choose besides `address`. */
  readonly allowedAddresses: readonly string[];
  /** Whom the token is good for, of pods that do not say; else it is the API server's. */
  readonly audience?: string;
  /** PEM certificates to trust instead of the system's. */
  readonly caPem?: string;
  /** Deadline of one request. */
  readonly timeoutMs: number;
}

export interface VaultDefaults extends StoreDefaults {
  /** Sent as `X-Vault-Namespace`. */
  readonly namespace?: string;
  readonly authMethod: AccountAuth['method'];
  /** The mount, such as `auth/kubernetes`. */
  readonly authPath: string;
  /** Of pods that name none. */
  readonly role?: string;
  /** By which the store is reached where a pod says nothing. */
  readonly proxy?: string;
  /** The proxies that a pod may choose besides. */
  readonly allowedProxies?: readonly string[];
}

export interface InfisicalDefaults extends StoreDefaults {
  readonly authMethod: InfisicalAuth['method'];
  /** The machine identity of pods that name none, for Kubernetes auth. */
  readonly identityId?: string;
}

/** What holds where a pod's annotations say nothing. A store that is not there cannot be used. */
export interface OperatorDefaults {
  readonly vault?: VaultDefaults;
  readonly infisical?: InfisicalDefaults;
  /** How often a secret without a lease is read again, in the drop-in family. */
  readonly pollMs: number;
  /** The same for files of Sidekey's own family. */
  readonly nativePollMs: number;
  /** How long a fault that waiting cannot mend may keep a pod from starting; null: for ever. */
  readonly startDeadlineMs: number | null;
  readonly revokeOnShutdown: boolean;
  /** What a pod may not go beyond, whatever its annotations say. */
  readonly limits?: Limits;
}
