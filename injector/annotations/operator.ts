/** What the operator decided for the stores of all pods. */
export interface VaultDefaults {
  readonly address: string;
  /** The addresses that a pod may choose besides `address`. */
  readonly allowedAddresses: readonly string[];
  /** Sent as `X-Vault-Namespace`. */
  readonly namespace?: string;
  readonly authMethod: 'kubernetes' | 'jwt';
  /** The mount, such as `auth/kubernetes`. */
  readonly authPath: string;
  /** PEM certificates to trust instead of the system's. */
  readonly caPem?: string;
  /** Deadline of one request. */
  readonly timeoutMs: number;
}

/** What holds where a pod's annotations say nothing. */
export interface OperatorDefaults {
  readonly vault: VaultDefaults;
  /** How often a secret without a lease is read again. */
  readonly pollMs: number;
  /** How long a fault that waiting cannot mend may keep a pod from starting; null: for ever. */
  readonly startDeadlineMs: number | null;
  readonly revokeOnShutdown: boolean;
}
