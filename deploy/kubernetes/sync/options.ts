import type { Problem } from '#contract/problem.ts';
import { DURATION_FORM, parseDuration } from '../../../injector/annotations/duration.ts';
import { parseIdentity } from '../../../injector/annotations/values.ts';
import { readInjectorConfig } from '../../../injector/config.ts';
import { type InjectorOptions, injectorEnvironment } from '../deployment.ts';
import type { SyncInfisicalOptions, SyncOptions, SyncVaultOptions } from './settings.ts';

export const SYNC_FLAGS = {
  sync: { type: 'boolean', default: false },
  'sync-infisical-identity': { type: 'string' },
  'sync-vault-role': { type: 'string' },
  'sync-poll': { type: 'string' },
  'sync-replicas': { type: 'string' },
} as const;

export const SYNC_USAGE = `    --sync                   installs the sync of Kubernetes Secrets too, from the stores above that it has a login for:
    --sync-infisical-identity ID
                             the machine identity it logs in as, by Kubernetes auth
    --sync-vault-role ROLE   its role, where the agents' are (SIDEKEY_VAULT_AUTH_METHOD, _AUTH_PATH, _NAMESPACE)
    --sync-poll DURATION     how often a secret without a lease is read again (60s)
    --sync-replicas N        one works, the others stand by (2)
`;

/** What was typed. */
export interface SyncFlags {
  readonly sync: boolean;
  readonly 'sync-infisical-identity'?: string | undefined;
  readonly 'sync-vault-role'?: string | undefined;
  readonly 'sync-poll'?: string | undefined;
  readonly 'sync-replicas'?: string | undefined;
}

type Report = (flag: keyof SyncFlags, message: string) => void;

/** The sync as far as it is asked for; what the injector is told of the stores holds for it too. */
export function readSyncOptions(
  flags: SyncFlags,
  injector: InjectorOptions,
  problems: Problem[],
): SyncOptions | undefined {
  const report: Report = (flag, message) => problems.push({ key: `--${flag}`, message });
  if (!flags.sync) {
    for (const flag of NEEDING_SYNC) {
      if (flags[flag] !== undefined) report(flag, 'is of no use without --sync');
    }
    return undefined;
  }
  const vault = readVault(flags['sync-vault-role'], injector, report);
  const infisical = readInfisical(flags['sync-infisical-identity'], injector, report);
  if (flags['sync-vault-role'] === undefined && flags['sync-infisical-identity'] === undefined)
    report('sync', 'needs a login: --sync-infisical-identity or --sync-vault-role, or both');
  return {
    namespace: injector.namespace,
    agentImage: injector.agentImage,
    ...(vault && { vault }),
    ...(infisical && { infisical }),
    assignsUsers: injector.assignsUsers === true,
    replicas: readReplicas(flags['sync-replicas'] ?? '2', report),
    pollMs: readPoll(flags['sync-poll'] ?? '60s', report),
  };
}

const NEEDING_SYNC = ['sync-infisical-identity', 'sync-vault-role', 'sync-poll', 'sync-replicas'] as const;

function readVault(
  role: string | undefined,
  injector: InjectorOptions,
  report: Report,
): SyncVaultOptions | undefined {
  if (role === undefined) return undefined;
  if (role === '') report('sync-vault-role', 'must be the name of a role');
  const store = injector.stores.vault;
  if (store === undefined) {
    report('sync-vault-role', 'is of no use without --vault-address');
    return undefined;
  }
  const config = readInjectorConfig(injectorEnvironment(injector));
  // Its problems are the injector's to tell.
  const agents = config.ok ? config.value.settings.vault : undefined;
  return {
    ...store,
    role,
    ...(agents && { authMethod: agents.authMethod, authPath: agents.authPath }),
    ...(agents?.namespace === undefined ? {} : { namespace: agents.namespace }),
  };
}

function readInfisical(
  text: string | undefined,
  { stores }: InjectorOptions,
  report: Report,
): SyncInfisicalOptions | undefined {
  if (text === undefined) return undefined;
  const identity = parseIdentity(text);
  if (!('value' in identity)) report('sync-infisical-identity', `must be ${identity.expected}`);
  if (stores.infisical !== undefined) return { ...stores.infisical, identity: text };
  report('sync-infisical-identity', 'is of no use without --infisical-address');
  return undefined;
}

function readReplicas(text: string, report: Report): number {
  if (!/^[1-9]\d?$/u.test(text)) report('sync-replicas', 'must be a whole number from 1 to 99');
  return Number(text);
}

/** As in the sync's own configuration. */
const SHORTEST_POLL_MS = 100;

function readPoll(text: string, report: Report): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms >= SHORTEST_POLL_MS) return ms;
  report('sync-poll', `must be ${DURATION_FORM}, at least ${SHORTEST_POLL_MS}ms`);
  return SHORTEST_POLL_MS;
}
