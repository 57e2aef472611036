import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Parsed, parsed, type Problem, rejected } from '#contract/problem.ts';
import { certificatesIn } from '#platform/certificates.ts';
import { injectorVariables, readInjectorConfig } from '../../injector/config.ts';
import {
  type InjectorOptions,
  injectorEnvironment,
  STORE_NAMES,
  type StoreName,
  type StoreOptions,
} from './deployment.ts';
import { readSyncOptions, SYNC_FLAGS } from './sync/options.ts';
import type { SyncOptions } from './sync/settings.ts';

export interface InstallRequest extends InjectorOptions {
  /** Absent if Kubernetes Secrets are not to be synced. */
  readonly sync?: SyncOptions;
  /** Whom the API server is to trust for a certificate that somebody else keeps, PEM. */
  readonly certificateCa?: string;
}

const DNS_LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/u;
/** To have Pod Security enforced there would stop what the cluster runs on. */
const SHARED_NAMESPACE = /^(?:default|kube-.*)$/u;
const OBJECT_NAME = /^[a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])?$/u;
const WHOLE_NUMBER = /^[1-9]\d{0,4}$/u;

const FLAGS = {
  'injector-image': { type: 'string', default: '' },
  'agent-image': { type: 'string', default: '' },
  'vault-address': { type: 'string' },
  'vault-ca': { type: 'string' },
  'infisical-address': { type: 'string' },
  'infisical-ca': { type: 'string' },
  namespace: { type: 'string', default: 'sidekey' },
  replicas: { type: 'string', default: '2' },
  'certificate-secret': { type: 'string' },
  'certificate-ca': { type: 'string' },
  'priority-class': { type: 'string', default: 'system-cluster-critical' },
  'api-server-port': { type: 'string', multiple: true },
  openshift: { type: 'boolean', default: false },
  env: { type: 'string', multiple: true },
  ...SYNC_FLAGS,
} as const;

const FLAG_OF: Readonly<Record<string, string>> = {
  SIDEKEY_AGENT_IMAGE: '--agent-image',
  SIDEKEY_VAULT_ADDRESS: '--vault-address',
  SIDEKEY_VAULT_CA_FILE: '--vault-ca',
  SIDEKEY_INFISICAL_ADDRESS: '--infisical-address',
  SIDEKEY_INFISICAL_CA_FILE: '--infisical-ca',
};

/** What the options and the Deployment itself settle. */
const SETTLED = new Set([
  'SIDEKEY_LISTEN',
  'SIDEKEY_ADMIN_PORT',
  'SIDEKEY_TLS_CERT_FILE',
  'SIDEKEY_TLS_KEY_FILE',
  // Its account may do no more than that.
  'SIDEKEY_CERTIFICATE_NAMES',
  'SIDEKEY_CERTIFICATE_SECRET',
  'SIDEKEY_LEASE',
  'SIDEKEY_STANDALONE',
  'SIDEKEY_KUBERNETES_ADDRESS',
  'SIDEKEY_KUBERNETES_CA_FILE',
  'SIDEKEY_KUBERNETES_TOKEN_FILE',
  'SIDEKEY_NAMESPACE',
  ...Object.keys(FLAG_OF),
]);

function pairs(entries: readonly string[], problems: Problem[]): Record<string, string> {
  const record: Record<string, string> = {};
  const free = [...injectorVariables()].filter((name) => !SETTLED.has(name));
  for (const entry of entries) {
    const [, name, value] = /^(SIDEKEY_[A-Z_]+)=(.*)$/su.exec(entry) ?? [];
    if (name === undefined || value === undefined)
      problems.push({ key: '--env', message: 'must be SIDEKEY_NAME=VALUE' });
    else if (!free.includes(name))
      problems.push({ key: `--env ${name}`, message: `must be one of ${free.join(', ')}` });
    else record[name] = value;
  }
  return record;
}

function readPem(flag: string, file: string, problems: Problem[]): string | undefined {
  try {
    const pem = certificatesIn(readFileSync(file, 'utf8'));
    if (pem === undefined) problems.push({ key: flag, message: 'must hold certificates in PEM form' });
    return pem;
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    problems.push({ key: flag, message: `cannot be read: ${code}` });
    return undefined;
  }
}

type Flags = ReturnType<typeof readFlags>;

function readFlags(args: readonly string[]) {
  return parseArgs({ args: [...args], options: FLAGS }).values;
}

/** Reads the command line; the injector's own checks are made here, rather than in a pod that does not start. */
export function readInstallRequest(args: readonly string[]): Parsed<InstallRequest> {
  let flags: Flags;
  try {
    flags = readFlags(args);
  } catch (error) {
    return rejected([{ key: 'arguments', message: error instanceof Error ? error.message : String(error) }]);
  }
  const problems: Problem[] = [];
  const injector: InjectorOptions = {
    namespace: flags.namespace,
    injectorImage: flags['injector-image'],
    agentImage: flags['agent-image'],
    stores: readStores(flags, problems),
    replicas: Number(flags.replicas),
    ...readPlatform(flags),
    ...(flags['certificate-secret'] !== undefined && { certificateSecret: flags['certificate-secret'] }),
    environment: pairs(flags.env ?? [], problems),
  };
  const sync = readSyncOptions(flags, injector, problems);
  const certificateCa = readCertificateCa(flags, problems);
  problems.push(...problemsOf(flags), ...injectorProblems(injector));
  if (problems.length > 0) return rejected(problems);
  return parsed({
    ...injector,
    ...(certificateCa !== undefined && { certificateCa }),
    ...(sync && { sync }),
  });
}

/** What differs from one cluster to the next. */
const readPlatform = (
  flags: Flags,
): Pick<InjectorOptions, 'priorityClass' | 'assignsUsers' | 'apiServerPorts'> => ({
  ...(flags['priority-class'] !== '' && { priorityClass: flags['priority-class'] }),
  ...(flags.openshift && { assignsUsers: true }),
  ...(flags['api-server-port'] && { apiServerPorts: flags['api-server-port'].map(Number) }),
});

function readCertificateCa(flags: Flags, problems: Problem[]): string | undefined {
  const { 'certificate-ca': file, 'certificate-secret': secret } = flags;
  if (secret !== undefined && !OBJECT_NAME.test(secret))
    problems.push({ key: '--certificate-secret', message: 'must be the name of a Secret' });
  if (file === undefined) return undefined;
  if (secret === undefined)
    problems.push({ key: '--certificate-ca', message: 'is of no use without --certificate-secret' });
  return readPem('--certificate-ca', file, problems);
}

/** A store is one with an address; authorities without one are left to the injector's own checks. */
function readStores(flags: Flags, problems: Problem[]): InjectorOptions['stores'] {
  const stores = STORE_NAMES.flatMap((store): [StoreName, StoreOptions][] => {
    const [address, file] = [flags[`${store}-address`], flags[`${store}-ca`]];
    const caPem = file === undefined ? undefined : readPem(`--${store}-ca`, file, problems);
    if (address === undefined && file === undefined) return [];
    return [[store, { address: address ?? '', ...(caPem === undefined ? {} : { caPem }) }]];
  });
  return Object.fromEntries(stores);
}

function problemsOf(flags: Flags): readonly Problem[] {
  const problems: Problem[] = [];
  if (!DNS_LABEL.test(flags.namespace)) problems.push({ key: '--namespace', message: 'must be a DNS label' });
  if (SHARED_NAMESPACE.test(flags.namespace))
    problems.push({ key: '--namespace', message: 'must be one of its own: no pod in it is injected' });
  if (flags['injector-image'] === '')
    problems.push({ key: '--injector-image', message: 'must be set to the image of the injector' });
  if (!WHOLE_NUMBER.test(flags.replicas))
    problems.push({ key: '--replicas', message: 'must be a whole number from 1 to 99999' });
  if (flags['priority-class'] !== '' && !OBJECT_NAME.test(flags['priority-class']))
    problems.push({
      key: '--priority-class',
      message: 'must be the name of a PriorityClass, or empty for none',
    });
  if (!(flags['api-server-port'] ?? []).every((port) => WHOLE_NUMBER.test(port) && Number(port) < 65_536))
    problems.push({ key: '--api-server-port', message: 'must be a port from 1 to 65535' });
  return problems;
}

/** What the injector would say, under the names that were typed here. */
function injectorProblems(injector: InjectorOptions): readonly Problem[] {
  const config = readInjectorConfig(injectorEnvironment(injector));
  if (config.ok) return [];
  return config.problems.map(({ key, message }) => ({ key: FLAG_OF[key] ?? key, message }));
}
