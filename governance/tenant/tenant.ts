/** A team and what it may have, as `kind: Tenant` declares it: checked, with every default filled in, all lists sorted. */
export interface Tenant {
  readonly name: string;
  /** Who answers for it; empty if nobody is named. */
  readonly owner: string;
  /** Of Kubernetes; they belong to this tenant alone. */
  readonly namespaces: readonly string[];
  readonly developers: readonly Member[];
  readonly viewers: readonly Member[];
  readonly accelerators: Accelerators;
  /** Hard limits of the quota of each namespace, such as `requests.cpu`. */
  readonly compute: Amounts;
  /** What containers get that ask for nothing; undefined: something of all that the quota wants them to ask for. */
  readonly defaults: ContainerDefaults | undefined;
  readonly network: Network;
  readonly vault: VaultAccess | undefined;
  readonly infisical: InfisicalAccess | undefined;
  readonly podSecurity: PodSecurity;
  readonly enforcement: Enforcement;
}

/** Quantities by the name of a resource. */
export type Amounts = Readonly<Record<string, string>>;

export const MEMBER_KINDS = ['Group', 'User', 'ServiceAccount'] as const;

/** A subject of a RoleBinding. */
export interface Member {
  readonly kind: (typeof MEMBER_KINDS)[number];
  readonly name: string;
  /** Of a ServiceAccount; empty for the others. */
  readonly namespace: string;
}

export const MIG_STRATEGIES = ['mixed', 'single'] as const;
export const REQUIRED = ['gpuPods', 'allPods'] as const;

export interface Accelerators {
  /** `mixed`: slices are called `nvidia.com/mig-*`; `single`: they are called `nvidia.com/gpu`. */
  readonly migStrategy: (typeof MIG_STRATEGIES)[number];
  /** What pods with a slice have to say in their node selector. */
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly allow: readonly AllowedResource[];
  readonly deviceClasses: readonly AllowedDeviceClass[];
  /** Which pods have to carry a limit of an accelerator. */
  readonly required: (typeof REQUIRED)[number];
}

export interface AllowedResource {
  /** Such as `nvidia.com/mig-3g.40gb`. */
  readonly resource: string;
  /** How many a namespace may hold at once. */
  readonly max: number;
}

export interface AllowedDeviceClass {
  readonly name: string;
  /** How many devices of it a namespace may hold at once. */
  readonly max: number;
}

export interface ContainerDefaults {
  readonly requests: Amounts;
  readonly limits: Amounts;
}

export const OPENINGS = ['open', 'closed'] as const;
type Opening = (typeof OPENINGS)[number];

export interface Network {
  /** `open`: from everywhere, but for the agent's own port; `closed`: from the tenant's pods and `allowFrom`. */
  readonly ingress: Opening;
  /** `open`: to everywhere; `closed`: to DNS, the stores, the tenant's pods and `allowTo`. */
  readonly egress: Opening;
  readonly allowFrom: readonly Peer[];
  readonly allowTo: readonly Peer[];
}

/** The other end of a connection: the pods of a namespace, or addresses. */
export interface Peer {
  readonly to: { readonly namespace: string } | { readonly cidr: string };
  /** Of TCP; none: all ports of all protocols. */
  readonly ports: readonly number[];
}

export const VAULT_AUTHS = ['jwt', 'kubernetes'] as const;

export interface VaultAccess {
  readonly auth: (typeof VAULT_AUTHS)[number];
  readonly role: string;
  readonly paths: readonly VaultPath[];
  /** That may log in, in each of the namespaces. */
  readonly serviceAccounts: readonly string[];
  readonly ttlSeconds: number;
  readonly maxTtlSeconds: number;
}

export const CAPABILITIES = ['create', 'list', 'read', 'update'] as const;

/** A path of the store and all below it. */
export interface VaultPath {
  /** As the API has it, such as `secret/data/team-a`, without slashes around it. */
  readonly path: string;
  readonly capabilities: readonly (typeof CAPABILITIES)[number][];
}

export interface InfisicalAccess {
  /** The id of the project. */
  readonly project: string;
  /** The id of the machine identity. */
  readonly identity: string;
  readonly environments: readonly InfisicalEnvironment[];
  /** That may log in, in each of the namespaces. */
  readonly serviceAccounts: readonly string[];
  readonly ttlSeconds: number;
  readonly maxTtlSeconds: number;
}

export interface InfisicalEnvironment {
  readonly slug: string;
  /** Absolute: `/` or `/serving`. */
  readonly folder: string;
}

export const POD_SECURITY_LEVELS = ['restricted', 'baseline', 'privileged'] as const;
export type PodSecurity = (typeof POD_SECURITY_LEVELS)[number];

export const ENFORCEMENTS = ['deny', 'audit'] as const;
export type Enforcement = (typeof ENFORCEMENTS)[number];
