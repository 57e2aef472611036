/** What is done to the agents and to what they talk to. */
export const FAULTS = [
  /** Every connection to the store ends at once. */
  'connections cut',
  /** So is every new one. */
  'connections reset',
  'store refused',
  /** Answers come a byte at a time. */
  'store slow',
  /** Nothing gets through to the store, and nobody says so. */
  'store black-holed',
  'store sealed',
  /** It is ended and comes back with its state. */
  'store restarted',
  /** The store does not get through to the database. */
  'database black-holed',
  'token revoked',
  /** As by the kernel; started again as the kubelet does. */
  'agent killed',
  /** It refuses to hear of changes. */
  'application refuses',
] as const;

export type FaultKind = (typeof FAULTS)[number];

/** A fault that has been. Times are milliseconds since the start of the soak, here and below. */
export interface Fault {
  readonly kind: FaultKind;
  readonly begin: number;
  readonly end: number;
}

/** What changes: by a write, or because its life ends. */
export const ROTATED = ['KV v2', 'KV v1', 'database', 'PKI'] as const;

export type RotatedKind = (typeof ROTATED)[number];

/** A value that was written to the store. */
export interface Write {
  readonly kind: Extract<RotatedKind, 'KV v2' | 'KV v1'>;
  readonly pod: string;
  readonly at: number;
  /** When the application of the pod read it; absent if it never did. */
  readonly seenAt?: number;
}

/** Something that must not be. */
export interface Trouble {
  readonly pod: string;
  readonly at: number;
  /** A credential that is not good any more may be no fault of the agent's, if its life ended during a fault. */
  readonly kind: 'file' | 'process' | 'readiness' | 'login' | 'certificate';
  readonly what: string;
}

/** What an agent has of the machine. */
export interface Sample {
  readonly at: number;
  /** `Pss_Anon`, in MB (10^6 bytes). */
  readonly privateMb: number;
  readonly descriptors: number;
}

/** All that was seen. */
export interface SoakRecord {
  readonly seed: number;
  readonly durationMs: number;
  readonly faults: readonly Fault[];
  readonly writes: readonly Write[];
  /** How often each kind changed in a file. */
  readonly rotations: Readonly<Record<RotatedKind, number>>;
  readonly troubles: readonly Trouble[];
  /** Of the agent that is never killed. */
  readonly samples: readonly Sample[];
  /** How often the applications read all their files. */
  readonly looks: number;
  /** How often the database let the applications in. */
  readonly connects: number;
  /** How often an application was told of a change. */
  readonly told: number;
  /** What the store was asked for, by its audit log. */
  readonly asked: { readonly logins: number; readonly leases: number; readonly certificates: number };
  /** What is in the store and in the database when nobody uses it any more. */
  readonly left: readonly string[];
}
