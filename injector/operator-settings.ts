import type { Settings } from './admission/settings.ts';
import { parseInfisicalBinding, parseVaultBinding } from '#contract/binding.ts';
import { type Limits, parseNames, parseReloads, saidLimits } from './annotations/limits.ts';
import type { InfisicalDefaults, OperatorDefaults, VaultDefaults } from './annotations/operator.ts';
import { parseAuthPath, parseIdentity, parseNamespace, type ValueParser } from './annotations/values.ts';
import type { Environment } from './environment.ts';

const VAULT_AUTH_METHODS = ['kubernetes', 'jwt'] as const;
const INFISICAL_AUTH_METHODS = ['kubernetes', 'universal'] as const;
/** As in the agent's own configuration. */
const SHORTEST_POLL_MS = 100;
const DROP_IN_POLL_MS = 300_000;
const NATIVE_POLL_MS = 60_000;
const STORE_TIMEOUT_MS = 10_000;
const VAULT_ADDRESS = 'SIDEKEY_VAULT_ADDRESS';
const INFISICAL_ADDRESS = 'SIDEKEY_INFISICAL_ADDRESS';

/** What the operator decides about pods. Reads variables alone, so that the command reads them as the injector does. */
export function readSettings(environment: Environment): Settings {
  return {
    agentImage: environment.required('SIDEKEY_AGENT_IMAGE', 'the image of the agent'),
    ownNamespace: environment.optional('SIDEKEY_NAMESPACE') ?? 'sidekey',
    // Before the stores, which notice what belongs to one that is not there.
    limits: readLimits(environment),
    ...readStores(environment),
    ...readPoll(environment),
    startDeadlineMs: environment.deadline('SIDEKEY_START_DEADLINE', '5m'),
    revokeOnShutdown: environment.boolean('SIDEKEY_REVOKE_ON_SHUTDOWN', false),
  };
}

/** What no pod goes beyond; a namespace may allow less, see `NAMESPACE_KEYS`. */
function readLimits(environment: Environment): Limits {
  const read = <T>(key: string, parse: ValueParser<T>): T | undefined =>
    environment.value<T | undefined>(key, parse, undefined);
  return saidLimits({
    vaultRoles: read('SIDEKEY_VAULT_ALLOWED_ROLES', parseNames),
    vaultPaths: read('SIDEKEY_VAULT_ALLOWED_PATHS', parseVaultBinding),
    infisicalFolders: read('SIDEKEY_INFISICAL_ALLOWED_FOLDERS', parseInfisicalBinding),
    infisicalIdentities: read('SIDEKEY_INFISICAL_ALLOWED_IDENTITIES', parseNames),
    reloads: read('SIDEKEY_ALLOWED_RELOADS', parseReloads),
    images: read('SIDEKEY_ALLOWED_IMAGES', parseNames),
  });
}

/** What the operator says holds for both families, whose defaults differ. */
function readPoll(environment: Environment): Pick<OperatorDefaults, 'pollMs' | 'nativePollMs'> {
  if (environment.optional('SIDEKEY_POLL') === undefined)
    return { pollMs: DROP_IN_POLL_MS, nativePollMs: NATIVE_POLL_MS };
  const pollMs = environment.duration('SIDEKEY_POLL', '', SHORTEST_POLL_MS);
  return { pollMs, nativePollMs: pollMs };
}

/** There has to be one store. What belongs to a store without an address is a mistake. */
function readStores(environment: Environment): Pick<OperatorDefaults, 'vault' | 'infisical'> {
  const vault = readVault(environment);
  const infisical = readInfisical(environment);
  const [hasVault, hasInfisical] = [vault.address !== '', infisical.address !== ''];
  if (!hasVault && !hasInfisical)
    environment.report(
      VAULT_ADDRESS,
      `must be set to the URL of Vault or OpenBao, or ${INFISICAL_ADDRESS} to that of Infisical`,
    );
  if (!hasVault && hasInfisical) environment.refuseOthers('SIDEKEY_VAULT_', VAULT_ADDRESS);
  if (!hasInfisical) environment.refuseOthers('SIDEKEY_INFISICAL_', INFISICAL_ADDRESS);
  return { ...(hasVault && { vault }), ...(hasInfisical && { infisical }) };
}

function readVault(environment: Environment): VaultDefaults {
  const namespace = environment.value('SIDEKEY_VAULT_NAMESPACE', parseNamespace, '');
  return {
    ...readAddresses(environment, VAULT_ADDRESS, 'SIDEKEY_VAULT_ALLOWED_ADDRESSES'),
    authMethod: environment.choice('SIDEKEY_VAULT_AUTH_METHOD', VAULT_AUTH_METHODS, 'kubernetes'),
    authPath: environment.value('SIDEKEY_VAULT_AUTH_PATH', parseAuthPath, 'auth/kubernetes'),
    timeoutMs: STORE_TIMEOUT_MS,
    ...(namespace === '' ? {} : { namespace }),
    ...readProxies(environment),
  };
}

/** A proxy sees where an agent goes, and could send it elsewhere if it were not for TLS: pods choose none but these. */
function readProxies(environment: Environment): Pick<VaultDefaults, 'proxy' | 'allowedProxies'> {
  const proxy = environment.optional('SIDEKEY_VAULT_PROXY');
  if (proxy !== undefined) environment.urls('SIDEKEY_VAULT_PROXY', [proxy]);
  const key = 'SIDEKEY_VAULT_ALLOWED_PROXIES';
  const allowedProxies = environment.urls(key, environment.list(key));
  return { ...(proxy !== undefined && { proxy }), ...(allowedProxies.length > 0 && { allowedProxies }) };
}

function readInfisical(environment: Environment): InfisicalDefaults {
  const identityId = environment.value('SIDEKEY_INFISICAL_IDENTITY', parseIdentity, '');
  return {
    ...readAddresses(environment, INFISICAL_ADDRESS, 'SIDEKEY_INFISICAL_ALLOWED_ADDRESSES'),
    authMethod: environment.choice('SIDEKEY_INFISICAL_AUTH', INFISICAL_AUTH_METHODS, 'kubernetes'),
    timeoutMs: STORE_TIMEOUT_MS,
    ...(identityId === '' ? {} : { identityId }),
  };
}

/** The address of a store, empty if it is not set, and those that pods may choose. */
function readAddresses(
  environment: Environment,
  key: string,
  listKey: string,
): Pick<VaultDefaults, 'address' | 'allowedAddresses'> {
  const address = environment.optional(key) ?? '';
  if (address !== '') environment.urls(key, [address]);
  const allowed = environment.urls(listKey, environment.list(listKey));
  return { address, allowedAddresses: [...new Set([address, ...allowed])] };
}
