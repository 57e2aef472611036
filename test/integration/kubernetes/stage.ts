import { parse } from 'yaml';
import type { JsonObject } from '#contract/json.ts';
import { systemClock } from '#platform/clock.ts';
import { type Connection, createKubernetes, type Kubernetes } from '#platform/kubernetes/client.ts';
import { type ControlPlane, startControlPlane } from '../../servers/control-plane.ts';
import { eventually, PATIENCE_MS } from '../../servers/eventually.ts';

export const NAMESPACE = 'sidekey-kubernetes-test';
export const NEVER = new AbortController().signal;

/** A real API server, and clients of it as service accounts have them. */
export interface Stage {
  readonly cluster: ControlPlane;
  readonly address: string;
  /** A client of an account. `address` leads to the same API server by another way. */
  client(account: string, address?: string): Kubernetes;
  stop(): Promise<void>;
}

/** What the account `worker` may do; `nobody` may do nothing. */
const RULES = [
  { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'] },
  { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'create', 'update'] },
];

const metadata = (name: string): object => ({ name, namespace: NAMESPACE });

const MANIFESTS = {
  apiVersion: 'v1',
  kind: 'List',
  items: [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    ...['worker', 'nobody'].map((name) => ({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: metadata(name),
    })),
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: metadata('worker'), rules: RULES },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: metadata('worker'),
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'worker' },
      subjects: [{ kind: 'ServiceAccount', ...metadata('worker') }],
    },
  ],
};

interface Kubeconfig {
  readonly clusters: readonly {
    readonly cluster: { readonly server: string; readonly 'certificate-authority-data'?: string };
  }[];
}

/** `kubeconfig`: as for `startControlPlane`; empty for a cluster that can be restarted. */
export async function openStage(kubeconfig?: string): Promise<Stage> {
  const cluster = await startControlPlane(kubeconfig);
  const kubectl = (...args: readonly string[]): Promise<string> => cluster.kubectl(args);
  await cluster.kubectl(['apply', '--filename=-'], JSON.stringify(MANIFESTS));
  const view = parse(await kubectl('config', 'view', '--raw', '--minify', '--flatten')) as Kubeconfig;
  const { server = '', 'certificate-authority-data': authority } = view.clusters[0]?.cluster ?? {};
  const caPem = authority === undefined ? {} : { caPem: Buffer.from(authority, 'base64').toString('utf8') };
  const tokens = new Map<string, string>();
  for (const account of ['worker', 'nobody']) {
    const token = (): Promise<string> => kubectl('create', 'token', account, `--namespace=${NAMESPACE}`);
    tokens.set(account, await eventually('a token', PATIENCE_MS, token));
  }
  const rights = ['auth', 'can-i', 'get', 'secrets', `--as=system:serviceaccount:${NAMESPACE}:worker`];
  await eventually('the rights of worker', PATIENCE_MS, () => kubectl(...rights, `--namespace=${NAMESPACE}`));
  const open: Kubernetes[] = [];
  return {
    cluster,
    address: server,
    client(account, address = server) {
      const token = (): string => tokens.get(account) ?? '';
      const connection: Connection = { address, ...caPem, token, clock: systemClock };
      const kubernetes = createKubernetes(connection);
      open.push(kubernetes);
      return kubernetes;
    },
    async stop() {
      await Promise.all(open.map((kubernetes) => kubernetes.close()));
      await cluster.forget(['namespace', NAMESPACE]);
      await cluster.stop();
    },
  };
}

export const SECRETS = `/api/v1/namespaces/${NAMESPACE}/secrets`;

/** An Opaque Secret as it is applied. */
export const secret = (name: string, value: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: NAMESPACE },
  data: { token: Buffer.from(value).toString('base64') },
});
