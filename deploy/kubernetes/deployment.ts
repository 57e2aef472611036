import { ADMIN_PORT } from '#contract/layout.ts';
import { ACCOUNT_MOUNT, ACCOUNT_VOLUME, HARDENED_CONTAINER, hardenedPod, httpGet } from './hardening.ts';

/** What agents are told of a store. */
export interface StoreOptions {
  readonly address: string;
  /** PEM certificates that the agents trust for the address; the system's otherwise. */
  readonly caPem?: string;
}

export const STORE_NAMES = ['vault', 'infisical'] as const;
export type StoreName = (typeof STORE_NAMES)[number];

/** What the injector's Deployment depends on. */
export interface InjectorOptions {
  readonly namespace: string;
  readonly injectorImage: string;
  readonly agentImage: string;
  /** The stores that agents may have secrets of: one at least. */
  readonly stores: Readonly<Partial<Record<StoreName, StoreOptions>>>;
  readonly replicas: number;
  /** By which pods it is scheduled before others, and not evicted for them. */
  readonly priorityClass?: string;
  /** True where the cluster gives each pod a user of a range, and refuses one that names another. */
  readonly assignsUsers?: boolean;
  /** Where API servers listen. */
  readonly apiServerPorts?: readonly number[];
  /** A Secret that somebody else keeps the webhook's certificate in; the injectors make their own without one. */
  readonly certificateSecret?: string;
  /** Further variables of the injector, such as `SIDEKEY_POLL`. */
  readonly environment: Readonly<Record<string, string>>;
}

export const NAME = 'sidekey-injector';
/** Where the injectors keep the certificates that they make. */
export const TLS_SECRET = `${NAME}-tls`;
export const LABELS = { 'app.kubernetes.io/name': 'sidekey', 'app.kubernetes.io/component': 'injector' };
export const WEBHOOK_PORT = 8443;
const TLS_DIRECTORY = '/etc/sidekey/tls';
const STORE_DIRECTORY = '/etc/sidekey';
/** In the ConfigMap of a store, and so in its directory. */
export const CA_FILE = 'ca.crt';
/** Five seconds in which requests are still taken, ten to answer the last, and as much again. */
const GRACE_SECONDS = 30;

export const metadata = (namespace: string, name = NAME): object => ({ name, namespace, labels: LABELS });

/** The injector itself. */
export function deployment(options: InjectorOptions): object {
  const { namespace, replicas } = options;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(namespace),
    spec: {
      replicas,
      selector: { matchLabels: LABELS },
      // No pod that asks for an injection can be made while none is up.
      strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: {
          labels: LABELS,
          annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': String(ADMIN_PORT) },
        },
        spec: podSpec(options),
      },
    },
  };
}

function podSpec(options: InjectorOptions): object {
  const { certificateSecret: secretName, priorityClass } = options;
  return {
    serviceAccountName: NAME,
    ...(priorityClass === undefined ? {} : { priorityClassName: priorityClass }),
    ...hardenedPod(LABELS, options.assignsUsers),
    terminationGracePeriodSeconds: GRACE_SECONDS,
    containers: [container(options)],
    volumes: [
      ACCOUNT_VOLUME,
      ...(secretName === undefined ? [] : [{ name: 'tls', secret: { secretName, defaultMode: 0o440 } }]),
      ...authorities(options).map(({ store }) => ({
        name: `${store}-ca`,
        configMap: { name: authorityName(store) },
      })),
    ],
  };
}

function container(options: InjectorOptions): object {
  return {
    name: 'injector',
    image: options.injectorImage,
    imagePullPolicy: 'IfNotPresent',
    env: Object.entries(injectorEnvironment(options)).map(([name, value]) => ({ name, value })),
    ports: [
      { name: 'webhook', containerPort: WEBHOOK_PORT },
      { name: 'admin', containerPort: ADMIN_PORT },
    ],
    // Not whether it is ready: it may wait for webhooks to be applied, for others to lead, for an API server.
    startupProbe: { ...httpGet('/healthz'), periodSeconds: 1, failureThreshold: 60 },
    // One that is not ready says so at once. No answer is a busy node, which would take both replicas out of the Service.
    readinessProbe: { ...httpGet('/readyz'), periodSeconds: 2, timeoutSeconds: 5, failureThreshold: 1 },
    livenessProbe: { ...httpGet('/healthz'), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
    // No preStop hook: on SIGTERM the injector itself goes on answering until the Service knows that it leaves.
    resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '384Mi' } },
    securityContext: HARDENED_CONTAINER,
    volumeMounts: [
      ACCOUNT_MOUNT,
      ...(options.certificateSecret === undefined
        ? []
        : [{ name: 'tls', mountPath: TLS_DIRECTORY, readOnly: true }]),
      ...authorities(options).map(({ store }) => ({
        name: `${store}-ca`,
        mountPath: `${STORE_DIRECTORY}/${store}`,
        readOnly: true,
      })),
    ],
  };
}

/** What the injector is told; what the caller adds wins. */
export function injectorEnvironment(options: InjectorOptions): Readonly<Record<string, string>> {
  return {
    SIDEKEY_LISTEN: `:${WEBHOOK_PORT}`,
    SIDEKEY_ADMIN_PORT: String(ADMIN_PORT),
    ...(options.certificateSecret !== undefined && {
      SIDEKEY_TLS_CERT_FILE: `${TLS_DIRECTORY}/tls.crt`,
      SIDEKEY_TLS_KEY_FILE: `${TLS_DIRECTORY}/tls.key`,
    }),
    SIDEKEY_NAMESPACE: options.namespace,
    SIDEKEY_AGENT_IMAGE: options.agentImage,
    ...Object.fromEntries(STORE_NAMES.flatMap((store) => storeVariables(store, options.stores[store]))),
    ...options.environment,
  };
}

function storeVariables(store: StoreName, options: StoreOptions | undefined): readonly [string, string][] {
  if (options === undefined) return [];
  const prefix = `SIDEKEY_${store.toUpperCase()}`;
  const caFile = `${STORE_DIRECTORY}/${store}/${CA_FILE}`;
  return [
    [`${prefix}_ADDRESS`, options.address],
    ...(options.caPem === undefined ? [] : [[`${prefix}_CA_FILE`, caFile] satisfies [string, string]]),
  ];
}

/** The ConfigMap with the authorities of a store. */
export const authorityName = (store: StoreName): string => `${NAME}-${store}-ca`;

/** The stores with authorities of their own. */
export function authorities({
  stores,
}: InjectorOptions): readonly { readonly store: StoreName; readonly caPem: string }[] {
  return STORE_NAMES.flatMap((store) => {
    const caPem = stores[store]?.caPem;
    return caPem === undefined ? [] : [{ store, caPem }];
  });
}
