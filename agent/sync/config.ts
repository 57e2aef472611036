import type { AgentConfig } from '#contract/agent-config.ts';
import { readStores } from '#contract/agent-stores.ts';
import { ADMIN_ADDRESS, ADMIN_PORT } from '#contract/layout.ts';
import { type Parsed, type Problem, parsed, rejected } from '#contract/problem.ts';
import { Reader } from '#contract/reader.ts';

/** An API server that is not the one of the cluster this runs in. */
export interface ApiServer {
  readonly address: string;
  /** Files, read anew when the token is. */
  readonly tokenFile: string;
  readonly caFile: string;
}

/** What `agent sync` is told. Version 1 only ever grows. */
export interface SyncConfig extends Pick<AgentConfig, 'vault' | 'infisical'> {
  readonly version: 1;
  /** How often what has no lease is read again. */
  readonly pollMs: number;
  /** The Lease by which one of several replicas is chosen. */
  readonly leader: { readonly namespace: string; readonly name: string };
  /** Absent: that of the cluster, as the pod's service account. */
  readonly kubernetes?: ApiServer;
  readonly adminAddress: string;
  readonly adminPort: number;
}

export interface ReadSyncConfig {
  readonly config: SyncConfig;
  /** What was odd but harmless. */
  readonly warnings: readonly Problem[];
}

const DEFAULT_POLL_MS = 60_000;

/** Reads a configuration from JSON text: every problem is named, an unknown version is refused. */
export function parseSyncConfig(text: string): Parsed<ReadSyncConfig> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return rejected([{ key: 'config', message: 'is not JSON' }]);
  }
  const root = new Reader(value, 'config');
  if (root.problems.length > 0) return rejected(root.problems);
  const version = root.unknown('version');
  if (version !== 1)
    return rejected([
      {
        key: 'config.version',
        message: `is ${JSON.stringify(version) ?? 'none'}; this release reads version 1`,
      },
    ]);
  const leader = root.child('leader');
  const config: SyncConfig = {
    version: 1,
    ...readStores(root),
    pollMs: root.integer('pollMs', { min: 100, fallback: DEFAULT_POLL_MS }),
    leader: { namespace: leader.string('namespace', 'sidekey'), name: leader.string('name', 'sidekey-sync') },
    ...readApiServer(root),
    adminAddress: root.string('adminAddress', ADMIN_ADDRESS),
    adminPort: root.integer('adminPort', { min: 0, max: 65_535, fallback: ADMIN_PORT }),
  };
  leader.finish();
  root.finish();
  return root.problems.length > 0 ? rejected(root.problems) : parsed({ config, warnings: root.warnings });
}

function readApiServer(root: Reader): Pick<SyncConfig, 'kubernetes'> {
  if ((root.unknown('kubernetes') ?? undefined) === undefined) return {};
  const reader = root.child('kubernetes');
  const kubernetes: ApiServer = {
    address: reader.string('address'),
    tokenFile: reader.string('tokenFile'),
    caFile: reader.string('caFile'),
  };
  if (!URL.canParse(kubernetes.address)) reader.report('address', 'must be a URL that begins with https://');
  reader.finish();
  return { kubernetes };
}
