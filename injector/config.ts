import { ADMIN_PORT } from '#contract/layout.ts';
import { type Parsed, parsed, rejected } from '#contract/problem.ts';
import { LOG_LEVELS, type LogLevel } from '#platform/log.ts';
import type { Settings } from './admission/settings.ts';
import { type ClusterConfig, readCluster } from './cluster-config.ts';
import { Environment, type EnvironmentRecord } from './environment.ts';
import { readSettings } from './operator-settings.ts';
import type { KeyPairFiles } from './server/certificate.ts';

/** Everything the operator decides. */
export interface InjectorConfig {
  readonly listen: { readonly address: string; readonly port: number };
  readonly adminPort: number;
  /** Absent where the injectors make their own certificates. */
  readonly keyPairFiles?: KeyPairFiles;
  /** Absent where no API server is asked. */
  readonly cluster?: ClusterConfig;
  readonly logLevel: LogLevel;
  /** PEM, by store; read at the start, the certificates go into `caPem` of the store's settings. */
  readonly caFiles: { readonly vault?: string; readonly infisical?: string };
  /** How long requests are still taken after SIGTERM, until no Service or load balancer sends any. */
  readonly drainDelayMs: number;
  readonly settings: Settings;
}

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
  const vaultCa = environment.optional('SIDEKEY_VAULT_CA_FILE');
  const infisicalCa = environment.optional('SIDEKEY_INFISICAL_CA_FILE');
  const settings = readSettings(environment);
  const cluster = readCluster(environment, settings.ownNamespace);
  const keyPairFiles = readKeyPairFiles(environment, cluster !== undefined);
  return {
    listen: environment.listen('SIDEKEY_LISTEN', ':8443'),
    adminPort: environment.port('SIDEKEY_ADMIN_PORT', ADMIN_PORT),
    ...(keyPairFiles && { keyPairFiles }),
    ...(cluster && { cluster }),
    logLevel: environment.choice('SIDEKEY_LOG_LEVEL', LOG_LEVELS, 'info'),
    caFiles: {
      ...(vaultCa === undefined ? {} : { vault: vaultCa }),
      ...(infisicalCa === undefined ? {} : { infisical: infisicalCa }),
    },
    drainDelayMs: environment.duration('SIDEKEY_DRAIN_DELAY', '5s', 0),
    settings,
  };
}

const CERT_FILE = 'SIDEKEY_TLS_CERT_FILE';
const KEY_FILE = 'SIDEKEY_TLS_KEY_FILE';

/** Both or neither; without an API server there is nobody to make certificates for. */
function readKeyPairFiles(environment: Environment, hasCluster: boolean): KeyPairFiles | undefined {
  const [cert, key] = [environment.optional(CERT_FILE), environment.optional(KEY_FILE)];
  if (cert === undefined && key === undefined && hasCluster) return undefined;
  return {
    certFile: environment.required(CERT_FILE, 'the path of a certificate (PEM)'),
    keyFile: environment.required(KEY_FILE, "the path of the certificate's key (PEM)"),
  };
}
