import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { isObject, type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import { WEBHOOK_CONFIGURATIONS } from '#contract/layout.ts';
import { certificatesOf } from '../../../injector/certificate/trust.ts';
import { injectorRights } from '../../../deploy/kubernetes/rights.ts';
import type { ApiProxy } from '../../servers/api-proxy.ts';
import { type ControlPlane, startControlPlane } from '../../servers/control-plane.ts';
import { eventually } from '../../servers/eventually.ts';
import { Injector } from '../../servers/injector.ts';
import { agentOf, ASKS, MODEL_SERVER, type Pod } from '../pods.ts';
import { freePort } from '../../servers/port.ts';
import { Service } from '../../servers/service.ts';
import { patientConfigurations } from '../../servers/webhooks.ts';

/** Of the injectors. */
export const HOME = 'sidekey';
/** Of the pods. */
export const NAMESPACE = 'sidekey-test-cluster';
export const SECRET = 'sidekey-injector-tls';
const ACCOUNT = 'sidekey-injector';
const SLOW_MS = 90_000;
/** An API server that takes longer is not alive. */
const ANSWER_MS = 10_000;
const WEBHOOKS = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';

/** Two replicas of the injector beside a real API server, with the account that is shipped and no more rights than that. */
export class InjectorStage implements AsyncDisposable {
  readonly cluster: ControlPlane;
  readonly replicas: readonly [Injector, Injector];
  /** What injectors are told, but for their certificates. */
  readonly told: NodeJS.ProcessEnv;
  readonly service: Service;
  readonly #api: ApiProxy;
  readonly #directory: string;
  readonly #port: number;

  private constructor(parts: Pick<InjectorStage, 'cluster' | 'replicas' | 'told' | 'service'> & Rest) {
    this.cluster = parts.cluster;
    this.replicas = parts.replicas;
    this.told = parts.told;
    this.service = parts.service;
    this.#api = parts.api;
    this.#directory = parts.directory;
    this.#port = parts.port;
  }

  /** Starts all of it; the API server is told of the webhooks, and not yet whom to trust. */
  static async start(environment: Readonly<Record<string, string>>): Promise<InjectorStage> {
    const cluster = await startControlPlane('');
    const directory = await mkdtemp(join(tmpdir(), 'sidekey-cluster-'));
    await chmod(directory, 0o755);
    for (const name of [HOME, NAMESPACE]) await cluster.kubectl(['create', 'namespace', name]);
    const rights = injectorRights({ ...RIGHTS, environment });
    const account = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: ACCOUNT, namespace: HOME },
    };
    const list = { apiVersion: 'v1', kind: 'List', items: [account, ...rights] };
    await cluster.kubectl(['create', '-f', '-'], JSON.stringify(list));
    const told = { ...(await connection(cluster, directory)), ...ENVIRONMENT, ...environment };
    const own = { ...told, SIDEKEY_TLS_CERT_FILE: '', SIDEKEY_TLS_KEY_FILE: '' };
    const replicas = [await Injector.prepare(own), await Injector.prepare(own)] as const;
    const port = await freePort();
    const service = await Service.start(replicas.map(backend), port);
    const api = await cluster.proxy();
    const stage = new InjectorStage({ cluster, replicas, told, service, api, directory, port });
    await stage.configure();
    await eventually('a service account', SLOW_MS, () =>
      cluster.kubectl(['get', 'serviceaccount', 'default', '-n', NAMESPACE]),
    );
    return stage;
  }

  /** Where the API server finds the injectors. */
  get url(): string {
    return `https://127.0.0.1:${this.#port}`;
  }

  /** As the manifests are applied: nothing says whom to trust. */
  async configure(): Promise<void> {
    const target = { url: this.url };
    for (const one of patientConfigurations({ target, namespace: HOME }))
      await this.cluster.kubectl(['apply', '-f', '-'], JSON.stringify(one));
  }

  /** What somebody else writes into both configurations. */
  async trust(...authorities: readonly string[]): Promise<void> {
    const value = Buffer.from(authorities.join('')).toString('base64');
    const patch = JSON.stringify([{ op: 'add', path: '/webhooks/0/clientConfig/caBundle', value }]);
    for (const name of WEBHOOK_CONFIGURATIONS)
      await this.cluster.kubectl(['patch', 'mutatingwebhookconfiguration', name, '--type=json', '-p', patch]);
  }

  async get(...args: readonly string[]): Promise<JsonObject> {
    const object: unknown = JSON.parse(await this.cluster.kubectl(['get', ...args, '-o', 'json']));
    if (!isObject(object)) throw new Error(`Cannot get ${args.join(' ')}: no object`);
    return object;
  }

  /** The same by its path, without a kubectl, which takes long to start on a busy machine: some states do not last. */
  async #read(path: string): Promise<JsonObject> {
    const response = await fetch(this.#api.address + path, { signal: AbortSignal.timeout(ANSWER_MS) });
    const object: unknown = await response.json();
    if (!response.ok || !isObject(object)) throw new Error(`Cannot get ${path}: ${response.status}`);
    return object;
  }

  /** Fingerprints of the authorities that each webhook trusts. */
  async trusted(): Promise<readonly (readonly string[])[]> {
    const all = await Promise.all(WEBHOOK_CONFIGURATIONS.map((name) => this.#read(`${WEBHOOKS}/${name}`)));
    return all.flatMap((one) =>
      listIn(one, 'webhooks').map((webhook) =>
        certificatesOf(decoded(textIn(objectIn(webhook, 'clientConfig'), 'caBundle'))).map(
          ({ fingerprint256 }) => fingerprint256,
        ),
      ),
    );
  }

  /** Fingerprints of what the Secret holds: the authorities, and the leaf. */
  async kept(): Promise<{ readonly authorities: readonly string[]; readonly leaf: string }> {
    const data = objectIn(await this.#read(`/api/v1/namespaces/${HOME}/secrets/${SECRET}`), 'data');
    const prints = (field: string): readonly string[] =>
      certificatesOf(decoded(textIn(data, field))).map(({ fingerprint256 }) => fingerprint256);
    return { authorities: prints('ca.crt'), leaf: prints('tls.crt')[0] ?? '' };
  }

  /** The replicas that keep the certificates now. */
  async leaders(): Promise<readonly Injector[]> {
    const leads = await Promise.all(
      this.replicas.map((one) => one.metric('sidekey_injector_leader').catch(() => 0)),
    );
    return this.replicas.filter((_, index) => leads[index] === 1);
  }

  /** Waits until they say that they are ready and, of replicas, until the Service knows. */
  async ready(...injectors: readonly Injector[]): Promise<void> {
    await eventually('the injectors ready', SLOW_MS, async () => {
      for (const one of injectors) {
        const { status, body } = await one.ask('/readyz');
        if (status !== 200) throw new Error(`${body}${one.output}`);
        if (this.replicas.includes(one) && !this.service.leadsTo(one.port))
          throw new Error('The Service does not send requests there');
      }
    });
  }

  /** Waits until the API server, too, knows whom to trust, and has a pod reviewed. */
  async asked(): Promise<void> {
    const metadata = { name: 'asking', namespace: NAMESPACE, annotations: ASKS };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [MODEL_SERVER] } };
    const create = ['create', '--dry-run=server', '-o', 'json', '-f', '-'];
    await eventually('a review', SLOW_MS, async () => {
      const made = await this.cluster.kubectl(create, JSON.stringify(pod));
      if (agentOf(JSON.parse(made) as Pod) === undefined) throw new Error('It was made without an agent');
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.service[Symbol.asyncDispose]();
    await this.#api[Symbol.asyncDispose]();
    for (const one of this.replicas) await one[Symbol.asyncDispose]();
    await this.cluster.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

interface Rest {
  readonly api: ApiProxy;
  readonly directory: string;
  readonly port: number;
}

const RIGHTS = {
  namespace: HOME,
  injectorImage: 'injector',
  agentImage: 'agent',
  stores: {},
  replicas: 2,
};

const ENVIRONMENT = {
  SIDEKEY_NAMESPACE: HOME,
  SIDEKEY_CERTIFICATE_NAMES: '127.0.0.1',
};

const decoded = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');

const backend = (injector: Injector) => ({
  port: injector.port,
  ready: async () => (await injector.ask('/readyz')).status === 200,
});

interface Kubeconfig {
  readonly clusters: readonly {
    readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string };
  }[];
}

/** How the injectors reach the API server, as the account that they have. */
async function connection(cluster: ControlPlane, directory: string): Promise<NodeJS.ProcessEnv> {
  const view = await cluster.kubectl(['config', 'view', '--raw', '--minify', '--flatten']);
  const [first] = (parse(view) as Kubeconfig).clusters;
  const [tokenFile, caFile] = [join(directory, 'token'), join(directory, 'ca.crt')];
  const token = (): Promise<string> =>
    cluster.kubectl(['create', 'token', ACCOUNT, '-n', HOME, '--duration=2h']);
  await writeFile(tokenFile, await eventually('a token', SLOW_MS, token));
  await writeFile(caFile, decoded(first?.cluster['certificate-authority-data'] ?? ''));
  return {
    SIDEKEY_KUBERNETES_ADDRESS: first?.cluster.server,
    SIDEKEY_KUBERNETES_TOKEN_FILE: tokenFile,
    SIDEKEY_KUBERNETES_CA_FILE: caFile,
  };
}
