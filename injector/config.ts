import { ADMIN_PORT } from '#contract/layout.ts';
import { type Parsed, parsed, rejected } from '#contract/problem.ts';
import { LOG_LEVELS, type LogLevel } from '#platform/log.ts';
import type { Settings } from './admission/settings.ts';
import type { VaultDefaults } from './annotations/operator.ts';
import { parseAuthPath, parseNamespace } from './annotations/values.ts';
import { Environment, type EnvironmentRecord } from './environment.ts';
import type { KeyPairFiles } from './server/certificate.ts';

/** Everything the operator decides. */
export interface InjectorConfig {
  readonly listen: { readonly address: string; readonly port: number };
  readonly adminPort: number;
  readonly keyPairFiles: KeyPairFiles;
  readonly logLevel: LogLevel;
  /** PEM; read at the start, its text goes into `settings.vault.caPem`. */
  readonly vaultCaFile?: string;
  /** How long requests are still taken after SIGTERM, until no Service or load balancer sends any. */
  readonly drainDelayMs: number;
  readonly settings: Settings;
}

const AUTH_METHODS = ['kubernetes', 'jwt'] as const;
/** As in the agent's own configuration. */
const SHORTEST_POLL_MS = 100;
const STORE_TIMEOUT_MS = 10_000;

/** Reads the process's environment; every problem is named, not only the first. */
export function readInjectorConfig(record: EnvironmentRecord): Parsed<InjectorConfig> {
  const environment = new Environment(record);
  const config = readAll(environment);
  return environment.problems.length > 0 ? rejected(environment.problems) : parsed(config);
}

/** The names of all variables that the injector reads. */
export function injectorVariables(): ReadonlySet<string> {
  const environment = new Environment({});
  readAll(environment);
  return environment.asked;
}

function readAll(environment: Environment): InjectorConfig {
  const vaultCaFile = environment.optional('SIDEKEY_VAULT_CA_FILE');
  return {
    listen: environment.listen('SIDEKEY_LISTEN', ':8443'),
    adminPort: environment.port('SIDEKEY_ADMIN_PORT', ADMIN_PORT),
    keyPairFiles: {
      certFile: environment.required('SIDEKEY_TLS_CERT_FILE', 'the path of a certificate (PEM)'),
      keyFile: environment.required('SIDEKEY_TLS_KEY_FILE', "the path of the certificate's key (PEM)"),
    },
    logLevel: environment.choice('SIDEKEY_LOG_LEVEL', LOG_LEVELS, 'info'),
    ...(vaultCaFile === undefined ? {} : { vaultCaFile }),
    drainDelayMs: environment.duration('SIDEKEY_DRAIN_DELAY', '5s', 0),
    settings: readSettings(environment),
  };
}

function readSettings(environment: Environment): Settings {
  return {
    agentImage: environment.required('SIDEKEY_AGENT_IMAGE', 'the image of the agent'),
    ownNamespace: environment.optional('SIDEKEY_NAMESPACE') ?? 'sidekey',
    vault: readVault(environment),
    pollMs: environment.duration('SIDEKEY_POLL', '5m', SHORTEST_POLL_MS),
    startDeadlineMs: environment.deadline('SIDEKEY_START_DEADLINE', '5m'),
    revokeOnShutdown: environment.boolean('SIDEKEY_REVOKE_ON_SHUTDOWN', false),
  };
}

function readVault(environment: Environment): VaultDefaults {
  const address = environment.required('SIDEKEY_VAULT_ADDRESS', 'the URL of Vault or OpenBao');
  if (address !== '') environment.urls('SIDEKEY_VAULT_ADDRESS', [address]);
  const allowed = environment.list('SIDEKEY_VAULT_ALLOWED_ADDRESSES');
  environment.urls('SIDEKEY_VAULT_ALLOWED_ADDRESSES', allowed);
  const namespace = environment.value('SIDEKEY_VAULT_NAMESPACE', parseNamespace, '');
  return {
    address,
    allowedAddresses: [...new Set([address, ...allowed])],
    authMethod: environment.choice('SIDEKEY_VAULT_AUTH_METHOD', AUTH_METHODS, 'kubernetes'),
    authPath: environment.value('SIDEKEY_VAULT_AUTH_PATH', parseAuthPath, 'auth/kubernetes'),
    timeoutMs: STORE_TIMEOUT_MS,
    ...(namespace === '' ? {} : { namespace }),
  };
}
