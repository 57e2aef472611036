import { parseSecretName } from './annotations/values.ts';
import type { CertificateTerms } from './certificate/keeper.ts';
import type { Environment } from './environment.ts';

/** What the injector asks its API server, and how it gets there. */
export interface ClusterConfig {
  /** Absent in a pod, which has a service account. */
  readonly connection?: {
    readonly address: string;
    readonly tokenFile: string;
    readonly caFile: string;
  };
  /** Of certificates that injectors make themselves. */
  readonly certificates: CertificateTerms;
  /** Of the Lease by which one of the replicas leads. */
  readonly lease: string;
  /** Whether the owner of a pod is told, by an Event, that it got no agent. */
  readonly events: boolean;
  /** Whether agents keep to the LimitRanges of their namespaces. */
  readonly limitRanges: boolean;
}

const NAME = 'sidekey-injector';

/** Undefined for an injector that asks no API server anything: tests and demonstrations do without. */
export function readCluster(environment: Environment, namespace: string): ClusterConfig | undefined {
  const connection = readConnection(environment);
  const cluster = {
    ...(connection && { connection }),
    certificates: readTerms(environment, namespace),
    lease: environment.value('SIDEKEY_LEASE', parseSecretName, NAME),
    events: environment.boolean('SIDEKEY_EVENTS', true),
    limitRanges: environment.boolean('SIDEKEY_LIMIT_RANGES', false),
  };
  return environment.boolean('SIDEKEY_STANDALONE', false) ? undefined : cluster;
}

function readConnection(environment: Environment): ClusterConfig['connection'] {
  const address = environment.optional('SIDEKEY_KUBERNETES_ADDRESS');
  const tokenFile = environment.optional('SIDEKEY_KUBERNETES_TOKEN_FILE');
  const caFile = environment.optional('SIDEKEY_KUBERNETES_CA_FILE');
  if (address === undefined) {
    environment.refuseOthers('SIDEKEY_KUBERNETES_', 'SIDEKEY_KUBERNETES_ADDRESS');
    return undefined;
  }
  environment.urls('SIDEKEY_KUBERNETES_ADDRESS', [address]);
  if (tokenFile === undefined)
    environment.report('SIDEKEY_KUBERNETES_TOKEN_FILE', "must be set to the path of an account's token");
  if (caFile === undefined)
    environment.report('SIDEKEY_KUBERNETES_CA_FILE', "must be set to the path of the API server's authority");
  return { address, tokenFile: tokenFile ?? '', caFile: caFile ?? '' };
}

/** Shorter ones would be replaced all the time. */
const SHORTEST_LIFE_MS = 15_000;

function readTerms(environment: Environment, namespace: string): CertificateTerms {
  const names = environment.list('SIDEKEY_CERTIFICATE_NAMES');
  const host = `${NAME}.${namespace}.svc`;
  const terms = {
    namespace,
    secret: environment.value('SIDEKEY_CERTIFICATE_SECRET', parseSecretName, `${NAME}-tls`),
    names: names.length > 0 ? names : [host, `${host}.cluster.local`],
    authorityLifeMs: environment.duration('SIDEKEY_AUTHORITY_LIFE', '8760h', SHORTEST_LIFE_MS),
    leafLifeMs: environment.duration('SIDEKEY_CERTIFICATE_LIFE', '720h', SHORTEST_LIFE_MS),
    overlapMs: environment.duration('SIDEKEY_AUTHORITY_OVERLAP', '1h', 0),
  };
  if (terms.leafLifeMs > terms.authorityLifeMs)
    environment.report('SIDEKEY_CERTIFICATE_LIFE', 'must not be longer than SIDEKEY_AUTHORITY_LIFE');
  return terms;
}
