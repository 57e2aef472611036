import { createHash } from 'node:crypto';
import { ADMIN_ADDRESS, ADMIN_PORT, TOKEN_DIRECTORY } from '#contract/layout.ts';
import { describeProblems } from '#contract/problem.ts';
import type { AccountAuth } from '#contract/vault-auth.ts';
import { parseSyncConfig, type SyncConfig } from '../../../agent/sync/config.ts';
import type { StoreName, StoreOptions } from '../deployment.ts';

export interface SyncVaultOptions extends StoreOptions {
  readonly role: string;
  /** Default: `kubernetes`. */
  readonly authMethod?: AccountAuth['method'];
  /** Where the method is mounted. Default: `auth/kubernetes`. */
  readonly authPath?: string;
  /** Of Vault, not of Kubernetes. */
  readonly namespace?: string;
}

export interface SyncInfisicalOptions extends StoreOptions {
  /** The id of the machine identity that the sync logs in as. */
  readonly identity: string;
}

/** What the objects of `agent sync` depend on. */
export interface SyncOptions {
  readonly namespace: string;
  readonly agentImage: string;
  /** The stores that Secrets are filled from: one at least. */
  readonly vault?: SyncVaultOptions;
  readonly infisical?: SyncInfisicalOptions;
  readonly replicas: number;
  /** True where the cluster gives each pod a user of a range. */
  readonly assignsUsers?: boolean;
  readonly pollMs: number;
}

/** What everything of the sync is called, its Lease included. */
export const NAME = 'sidekey-sync';

export const SYNC_LABELS = { 'app.kubernetes.io/name': 'sidekey', 'app.kubernetes.io/component': 'sync' };

/** The key in the ConfigMap, and so the file's name in the directory that it is mounted to. */
export const CONFIG_FILE = 'sync.json';

const TIMEOUT_MS = 10_000;

/** Of an object that is in the sync's namespace. */
export const inNamespace = (namespace: string): object => ({ name: NAME, namespace, labels: SYNC_LABELS });

/** Of an object that is in none. */
export const clusterWide = (name = NAME): object => ({ name, labels: SYNC_LABELS });

/** The account's name as the API server has it. */
export const accountName = (namespace: string): string => `system:serviceaccount:${namespace}:${NAME}`;

/** The stores that the sync logs in to, each with a token of its own. */
export const storesOf = ({ vault, infisical }: SyncOptions): readonly StoreName[] => [
  ...(vault ? (['vault'] as const) : []),
  ...(infisical ? (['infisical'] as const) : []),
];

/**
 * What `agent sync` is told, as text.
 *
 * @throws {Error} If the agent would not take it: better here than in a pod that does not start.
 */
export function syncConfigText(options: SyncOptions): string {
  const text = `${JSON.stringify(syncConfig(options), undefined, 2)}\n`;
  const read = parseSyncConfig(text);
  const problems = read.ok ? read.value.warnings : read.problems;
  if (problems.length > 0)
    throw new Error(`Cannot configure the sync: ${describeProblems(problems)}; correct the options`);
  return text;
}

function syncConfig({ namespace, pollMs, vault, infisical }: SyncOptions): SyncConfig {
  return {
    version: 1,
    ...(vault && { vault: vaultStore(vault) }),
    ...(infisical && { infisical: infisicalStore(infisical) }),
    pollMs,
    leader: { namespace, name: NAME },
    adminAddress: ADMIN_ADDRESS,
    adminPort: ADMIN_PORT,
  };
}

const tokenFile = (store: StoreName): string => `${TOKEN_DIRECTORY}/${store}`;

const endpoint = ({ address, caPem }: StoreOptions): StoreOptions & { readonly timeoutMs: number } => ({
  address,
  timeoutMs: TIMEOUT_MS,
  ...(caPem === undefined ? {} : { caPem }),
});

function vaultStore(options: SyncVaultOptions): NonNullable<SyncConfig['vault']> {
  const { role, authMethod = 'kubernetes', authPath = 'auth/kubernetes', namespace } = options;
  return {
    ...endpoint(options),
    auth: { method: authMethod, path: authPath, role, tokenFile: tokenFile('vault') },
    ...(namespace === undefined ? {} : { namespace }),
  };
}

function infisicalStore(options: SyncInfisicalOptions): NonNullable<SyncConfig['infisical']> {
  const auth = {
    method: 'kubernetes',
    identityId: options.identity,
    tokenFile: tokenFile('infisical'),
  } as const;
  return { ...endpoint(options), auth };
}

/** Changes with the configuration, which is read once: a new one takes new pods. */
export const checksum = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 16);
