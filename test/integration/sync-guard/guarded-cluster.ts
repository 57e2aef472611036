import { isObject, type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import { FIELD_MANAGER } from '#contract/secret-sync.ts';
import { systemClock } from '#platform/clock.ts';
import { applyObject } from '#platform/kubernetes/apply.ts';
import { createKubernetes, type Kubernetes } from '#platform/kubernetes/client.ts';
import { type Assessment, assess } from '../../../agent/sync/decide/assess.ts';
import { syncManifests } from '../../../deploy/kubernetes/sync/manifests.ts';
import { storesOf } from '../../agent/sync/decide/world.ts';
import type { ApiProxy } from '../../servers/api-proxy.ts';
import { type ControlPlane, startControlPlane } from '../../servers/control-plane.ts';
import { eventually, PATIENCE_MS } from '../../servers/eventually.ts';

/** Where the sync is installed. */
export const HOME = 'sidekey-guard-test';
/** Where Secrets are that the sync may change. */
const USERS = 'sidekey-guard-users';
const ACCOUNT = `system:serviceaccount:${HOME}:sidekey-sync`;

/** Who asks. `almighty` is the sync's account with every right on Secrets, so that only the policy stands in its way. */
export type Who = 'admin' | 'sync' | 'almighty';

const NAMESPACES: Readonly<Record<Who, string>> = {
  admin: USERS,
  sync: USERS,
  almighty: `${USERS}-almighty`,
};

const TYPES = {
  json: 'application/json',
  merge: 'application/merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly name?: string;
  readonly body?: object;
  readonly type?: keyof typeof TYPES;
  /** The field manager of a write. */
  readonly manager?: string;
}

/** What the API server answered; the message is empty unless it refused. */
export interface Answer {
  readonly status: number;
  readonly message: string;
  readonly object: JsonObject;
}

/** A real API server on which the sync is installed, and its account's requests without the sync. */
export class GuardedCluster implements AsyncDisposable {
  readonly manifests: readonly object[];
  readonly kubectl: ControlPlane['kubectl'];
  /** The sync's own client, with a token of its account. */
  readonly account: Kubernetes;
  readonly #cluster: ControlPlane;
  readonly #proxy: ApiProxy;

  private constructor(cluster: ControlPlane, proxy: ApiProxy, account: Kubernetes) {
    this.#cluster = cluster;
    this.#proxy = proxy;
    this.account = account;
    this.kubectl = cluster.kubectl;
    this.manifests = [...namespaces(), ...syncManifests(OPTIONS), ...everyRightOnSecrets()];
  }

  static async start(): Promise<GuardedCluster> {
    const cluster = await startControlPlane();
    const guarded = new GuardedCluster(cluster, await cluster.proxy(), await accountOf(cluster));
    await guarded.#put('apply', '--validate=strict');
    await guarded.#inForce();
    return guarded;
  }

  async #put(...args: readonly string[]): Promise<void> {
    const items = { apiVersion: 'v1', kind: 'List', items: this.manifests };
    await this.kubectl([...args, '--filename=-'], JSON.stringify(items));
  }

  /** A policy takes a moment to be known to the API server that enforces it. */
  async #inForce(): Promise<void> {
    await this.ask('admin', { method: 'POST', body: { metadata: { name: 'bystander' } } });
    const patch: Call = { method: 'PATCH', name: 'bystander', body: {}, type: 'merge' };
    await eventually('the policy in force', PATIENCE_MS, async () => {
      const { status, message } = await this.ask('sync', patch);
      if (status !== 403 || !message.includes('sidekey-sync-guard')) throw new Error(message);
    });
    const rights = ['auth', 'can-i', 'deletecollection', 'secrets', `--namespace=${NAMESPACES.almighty}`];
    await eventually('every right', PATIENCE_MS, () => this.kubectl([...rights, `--as=${ACCOUNT}`]));
  }

  /** A request about Secrets of the asker's namespace. */
  async ask(who: Who, { method, name, body, type = 'json', manager }: Call): Promise<Answer> {
    const path = `/api/v1/namespaces/${NAMESPACES[who]}/secrets${name === undefined ? '' : `/${name}`}`;
    const query = new URLSearchParams(manager === undefined ? {} : { fieldManager: manager });
    if (type === 'apply') query.set('force', 'true');
    const whole = body && { apiVersion: 'v1', kind: 'Secret', ...body };
    const response = await fetch(`${this.#proxy.address}${path}?${query.toString()}`, {
      method,
      headers: {
        'content-type': TYPES[type],
        ...(who === 'admin' ? {} : { 'impersonate-user': ACCOUNT }),
      },
      ...(whole === undefined ? {} : { body: JSON.stringify(whole) }),
    });
    const object: unknown = await response.json();
    if (!isObject(object)) throw new Error('The API server answered with no object');
    const message = response.ok ? '' : textIn(object, 'message');
    return { status: response.status, message, object };
  }

  /** A Secret as its user makes it, in both namespaces. */
  async create(name: string, body: JsonObject): Promise<void> {
    const object = { ...body, metadata: { ...objectIn(body, 'metadata'), name } };
    for (const who of ['sync', 'almighty'] as const) await this.#createIn(NAMESPACES[who], object);
  }

  async #createIn(namespace: string, object: object): Promise<void> {
    const whole = JSON.stringify({ apiVersion: 'v1', kind: 'Secret', ...object });
    await this.kubectl(['create', `--namespace=${namespace}`, '--filename=-'], whole);
  }

  async read(name: string): Promise<JsonObject> {
    return (await this.ask('admin', { method: 'GET', name })).object;
  }

  /** What the sync makes of a Secret that asks while its source holds the values. */
  async assess(name: string, values: Readonly<Record<string, string>>): Promise<Assessment> {
    return assess(await this.read(name), BOUND, storesOf({ [SOURCE]: values }));
  }

  /**
   * Applies what the sync would apply; gives the values as they are then.
   *
   * @throws {KubernetesError} If the API server does not take it.
   */
  async sync(name: string, values: Readonly<Record<string, string>>): Promise<Record<string, string>> {
    const { apply: object } = await this.assess(name, values);
    if (object === undefined) return await this.values(name);
    const path = `/api/v1/namespaces/${USERS}/secrets/${name}`;
    const application = { path, object, fieldManager: FIELD_MANAGER, force: true };
    return valuesOf(await applyObject(this.account, application, new AbortController().signal));
  }

  async values(name: string): Promise<Record<string, string>> {
    return valuesOf(await this.read(name));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const items = { apiVersion: 'v1', kind: 'List', items: this.manifests };
    try {
      await this.#cluster.forget(['--filename=-'], JSON.stringify(items));
    } finally {
      await this.account.close();
      await this.#proxy[Symbol.asyncDispose]();
      await this.#cluster.stop();
    }
  }
}

const OPTIONS = {
  namespace: HOME,
  agentImage: 'registry.example/sidekey-agent:test',
  infisical: { address: 'https://infisical.example', identity: 'an-identity' },
  vault: { address: 'https://vault.example:8200', role: 'sync' },
  replicas: 2,
  pollMs: 60_000,
};

function namespaces(): readonly object[] {
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  return [HOME, ...new Set(Object.values(NAMESPACES))].map((name) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels },
  }));
}

function everyRightOnSecrets(): readonly object[] {
  const metadata = { name: 'every-right-on-secrets', namespace: NAMESPACES.almighty };
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name };
  const rules = [{ apiGroups: [''], resources: ['secrets'], verbs: ['*'] }];
  const subjects = [{ kind: 'ServiceAccount', name: 'sidekey-sync', namespace: HOME }];
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  return [
    { apiVersion, kind: 'Role', metadata, rules },
    { apiVersion, kind: 'RoleBinding', metadata, roleRef, subjects },
  ];
}

/** A source that the namespace is bound to. */
const SOURCE = 'infisical:ml/prod';
export const ASKS = { 'infisical.com/secret-sync': 'true', 'sidekey.dev/source': SOURCE };
const BOUND = {
  binding: { infisical: [{ project: 'ml', environment: 'prod', folder: '/' }], vaultPaths: [] },
  problems: [],
};

/** The sync's own client, with tokens of its account. */
async function accountOf({ kubectl }: ControlPlane): Promise<Kubernetes> {
  const view = await kubectl(['config', 'view', '--raw', '--output=json']);
  const [entry = {}] = listIn(JSON.parse(view) as JsonObject, 'clusters');
  const server = objectIn(entry, 'cluster');
  return createKubernetes({
    address: textIn(server, 'server'),
    caPem: Buffer.from(textIn(server, 'certificate-authority-data'), 'base64').toString(),
    token: () => kubectl(['create', 'token', 'sidekey-sync', `--namespace=${HOME}`]),
    clock: systemClock,
  });
}

export const base64 = (text: string): string => Buffer.from(text).toString('base64');

function valuesOf(object: JsonObject): Record<string, string> {
  const data = objectIn(object, 'data');
  return Object.fromEntries(
    Object.keys(data).map((key) => [key, Buffer.from(textIn(data, key), 'base64').toString()]),
  );
}
