import type { Amounts, Tenant } from './tenant.ts';

/** What holds for all tenants, as `kind: Platform` declares it; every field has a default. */
export interface Platform {
  /** Where no policy holds, and no tenant lives. */
  readonly exemptNamespaces: readonly string[];
  /** Who may change what a namespace may have. */
  readonly platformGroups: readonly string[];
  readonly platformUsers: readonly string[];
  /** Names of accelerators beyond those that are built in: quotas set them to zero. */
  readonly knownAccelerators: readonly string[];
  /** DeviceClasses beyond those that are built in. */
  readonly knownDeviceClasses: readonly string[];
  /** Domains of accelerators that the policies look at. */
  readonly acceleratorDomains: readonly string[];
  readonly dns: { readonly namespace: string; readonly cidrs: readonly string[]; readonly port: number };
  /** Where the pods run that may ask the agent for its metrics. */
  readonly prometheus: { readonly namespace: string };
  readonly vault: VaultServer;
  readonly infisical: InfisicalServer;
}

export const PRODUCTS = ['openbao', 'vault'] as const;

/** Where a store is in the network: pods of a namespace, addresses, or, if neither is named, anywhere on the port. */
export interface StoreNetwork {
  readonly namespace: string;
  readonly cidrs: readonly string[];
  readonly port: number;
}

export interface VaultServer extends StoreNetwork {
  readonly product: (typeof PRODUCTS)[number];
  /** Empty: what the environment says. */
  readonly address: string;
  /** The namespace of the store itself that holds the mounts; empty for the root. */
  readonly storeNamespace: string;
  /** Where the login methods are mounted, such as `auth/jwt`. */
  readonly mounts: { readonly jwt: string; readonly kubernetes: string };
  /** Whom the tokens of service accounts are made out to. */
  readonly audience: string;
}

export interface InfisicalServer extends StoreNetwork {
  readonly address: string;
  /** The API server as Infisical reaches it, to ask about tokens. */
  readonly kubernetesHost: string;
  /** Empty: any. */
  readonly audience: string;
}

/** All that the files declare. */
export interface Tenancy {
  readonly platform: Platform;
  /** By name. */
  readonly tenants: readonly Tenant[];
  /**
   * What quotas allow none of, unless the tenant is allowed some: accelerators that are built in, that the platform adds, and
   * that any other tenant is allowed.
   */
  readonly zeros: Amounts;
}
