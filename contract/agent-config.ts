import { ADMIN_ADDRESS, ADMIN_PORT, STATE_DIRECTORY, TERMINATION_LOG } from './layout.ts';
import { type Parsed, type Problem, parsed, rejected } from './problem.ts';
import { Reader } from './reader.ts';
import { describeFile, readDirectory, readFiles, SHORTEST_POLL_MS } from './agent-files.ts';
import { type OutageRule, readOutage } from './agent-outage.ts';
import { readPatience } from './agent-patience.ts';
import { readStores } from './agent-stores.ts';
import type { Backoff } from './backoff.ts';
import type { FileFormat } from './file-format.ts';
import type { Reload } from './reload.ts';
import type { SecretSource } from './secret-source.ts';
import type { ClientCertificate, VaultAuth } from './vault-auth.ts';
import type { Write } from './write.ts';

/** One Vault or OpenBao server. */
export interface VaultStore {
  readonly address: string;
  /** Sent as `X-Vault-Namespace`. */
  readonly namespace?: string;
  readonly auth: VaultAuth;
  /** Shown to a server that asks for one, whoever logs in. With `cert` auth it is that one's. */
  readonly clientCertificate?: ClientCertificate;
  /** PEM certificates to trust instead of the system's. */
  readonly caPem?: string;
  /** The same as a file, or a directory of files, in place of `caPem`: followed when it is replaced. */
  readonly caFile?: string;
  /** The name that the server's certificate has to be for, instead of the address's host. */
  readonly serverName?: string;
  /** Any certificate of the server is taken. */
  readonly skipVerify?: boolean;
  /** Goes between, where the address begins with https://. */
  readonly proxy?: string;
  /** How many connections there are at most. */
  readonly maxConnections?: number;
  /** Deadline of one request. */
  readonly timeoutMs: number;
}

/** How the agent proves which machine identity it is. Files are read anew at each login, for they are replaced. */
export type InfisicalAuth = { readonly organization?: string } & (
  | { readonly method: 'kubernetes'; readonly identityId: string; readonly tokenFile: string }
  | ({ readonly method: 'universal'; readonly clientSecretFile: string } & (
      | { readonly clientId: string }
      | { readonly clientIdFile: string }
    ))
);

/** One Infisical server. */
export interface InfisicalStore {
  /** Without `/api`. */
  readonly address: string;
  readonly auth: InfisicalAuth;
  /** PEM certificates to trust instead of the system's. */
  readonly caPem?: string;
  /** The same as a file, in place of `caPem`: followed when it is replaced. */
  readonly caFile?: string;
  /** Deadline of one request. */
  readonly timeoutMs: number;
}

export interface TemplateSource {
  readonly text: string;
  readonly left: string;
  readonly right: string;
  /** A key that a map does not have is an error; else it prints as `<no value>`. */
  readonly errorOnMissingKey?: true;
}

/** Where a file goes. */
export interface FileTarget {
  /** Names the file in metrics and messages; unique. */
  readonly name: string;
  /** The directory that is swapped as one; absolute. */
  readonly volume: string;
  /** Below the volume. */
  readonly path: string;
  /** Permission bits, such as 0o644. */
  readonly mode: number;
}

/** A secret in one of the formats. */
export interface SourceContent {
  readonly source: SecretSource;
  readonly format: FileFormat;
}

/** A template that a file of the agent's container holds. */
export interface TemplateFile extends Omit<TemplateSource, 'text'> {
  readonly file: string;
}

/** What is in a file: what a template makes of secrets, or one secret. */
export type FileContent =
  | { readonly template: TemplateSource }
  | { readonly templateFile: TemplateFile }
  | SourceContent;

/** One file to render. */
export type FileSpec = FileTarget &
  FileContent & {
    readonly write?: Write;
    /** Who is told when its bytes have changed. */
    readonly reload?: Reload;
    /**
     * How often what it is made of is read again, instead of as often as all: of what has neither lease nor end, even if
     * each read makes it anew.
     */
    readonly pollMs?: number;
  };

/**
 * What the injector tells the agent. Running agents outlive an injector upgrade, so version 1 only ever grows: a reader
 * takes unknown fields with a warning and refuses another version.
 */
export interface AgentConfig {
  readonly version: 1;
  /** At least one store is there. */
  readonly vault?: VaultStore;
  readonly infisical?: InfisicalStore;
  readonly files: readonly FileSpec[];
  /** How often a secret without a lease is read again. */
  readonly pollMs: number;
  /** How long a fault that waiting cannot mend (wrong role, missing path) may keep the pod from starting; null: for ever. */
  readonly startDeadlineMs: number | null;
  readonly revokeOnShutdown: boolean;
  /** Absent where an outage changes nothing. */
  readonly onOutage?: OutageRule;
  /** Absent where the agent's own is right. */
  readonly backoff?: Backoff;
  /** After which part of its life what cannot be renewed is replaced. */
  readonly replaceAfter?: number;
  /** The agent ends when it cannot log in, until the first files are there. */
  readonly endsOnLoginFault?: boolean;
  /** A file that says `true` while files are to stay as they are. */
  readonly suspendFile?: string;
  readonly stateDirectory: string;
  readonly adminAddress: string;
  readonly adminPort: number;
  readonly terminationLog: string;
}

/** A configuration together with what was odd but harmless in it. */
export interface ReadConfig {
  readonly config: AgentConfig;
  readonly warnings: readonly Problem[];
}

const DEFAULT_POLL_MS = 300_000;
const DEFAULT_START_DEADLINE_MS = 300_000;

/** Base64 of the JSON: the form that travels in the environment. Deterministic. */
export function serialiseConfig(config: AgentConfig): string {
  const value = { ...config, files: config.files.map(describeFile) };
  return Buffer.from(JSON.stringify(value)).toString('base64');
}

/** Reads a configuration from JSON text or from base64 of it. */
export function parseConfig(text: string): Parsed<ReadConfig> {
  const trimmed = text.trim();
  const json = trimmed.startsWith('{') ? trimmed : Buffer.from(trimmed, 'base64').toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return rejected([{ key: 'config', message: 'is not JSON, nor base64 of JSON' }]);
  }
  return readConfig(value);
}

/** Checks a decoded configuration. */
export function readConfig(value: unknown): Parsed<ReadConfig> {
  const root = new Reader(value, 'config');
  if (root.problems.length > 0) return rejected(root.problems);
  const version = root.unknown('version');
  if (version !== 1) {
    const found = JSON.stringify(version) ?? 'none';
    return rejected([
      {
        key: 'config.version',
        message: `is ${found}; this agent reads version 1: use an agent of the injector's release`,
      },
    ]);
  }
  const config: AgentConfig = {
    version: 1,
    ...readStores(root),
    files: readFiles(root),
    pollMs: root.integer('pollMs', { min: SHORTEST_POLL_MS, fallback: DEFAULT_POLL_MS }),
    startDeadlineMs: root.nullableInteger('startDeadlineMs', { min: 0, fallback: DEFAULT_START_DEADLINE_MS }),
    revokeOnShutdown: root.boolean('revokeOnShutdown', false),
    ...readOutage(root),
    ...readPatience(root),
    stateDirectory: readDirectory(root, 'stateDirectory', STATE_DIRECTORY),
    adminAddress: root.string('adminAddress', ADMIN_ADDRESS),
    adminPort: root.integer('adminPort', { min: 0, max: 65_535, fallback: ADMIN_PORT }),
    terminationLog: root.string('terminationLog', TERMINATION_LOG),
  };
  root.finish();
  return root.problems.length > 0 ? rejected(root.problems) : parsed({ config, warnings: root.warnings });
}
