import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { isObject, type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import { WEBHOOK_CONFIGURATIONS } from '#contract/layout.ts';
import { certificatesOf } from '../../../injector/certificate/trust.ts';
import { injectorRights } from '../../../deploy/kubernetes/rights.ts';
import { webhookConfigurations } from '../../../deploy/kubernetes/webhooks.ts';
import { type ControlPlane, startControlPlane } from '../../servers/control-plane.ts';
import { eventually } from '../../servers/eventually.ts';
import { Injector } from '../../servers/injector.ts';
import { freePort } from '../../servers/port.ts';
import { Service } from '../../servers/service.ts';

/** Of the injectors. */
export const HOME = 'sidekey';
/** Of the pods. */
export const NAMESPACE = 'sidekey-test-cluster';
export const SECRET = 'sidekey-injector-tls';
const ACCOUNT = 'sidekey-injector';
const SLOW_MS = 90_000;

/** Two replicas of the injector beside a real API server, with the account that is shipped and no more rights than that. */
export class InjectorStage implements AsyncDisposable {
  readonly cluster: ControlPlane;
  readonly replicas: readonly [Injector, Injector];
  /** What injectors are told, but for their certificates. */
  readonly told: NodeJS.ProcessEnv;
  readonly service: Service;
  readonly #directory: string;
  readonly #port: number;

  private constructor(parts: Pick<InjectorStage, 'cluster' | 'replicas' | 'told' | 'service'> & Rest) {
    this.cluster = parts.cluster;
    this.replicas = parts.replicas;
    this.told = parts.told;
    this.service = parts.service;
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
    const stage = new InjectorStage({ cluster, replicas, told, service, directory, port });
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
    for (const one of webhookConfigurations({ target, namespace: HOME }))
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

  /** Fingerprints of the authorities that each webhook trusts. */
  async trusted(): Promise<readonly (readonly string[])[]> {
    const all = await Promise.all(
      WEBHOOK_CONFIGURATIONS.map((name) => this.get('mutatingwebhookconfiguration', name)),
    );
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
    const data = objectIn(await this.get('secret', SECRET, '-n', HOME), 'data');
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

  async ready(...replicas: readonly Injector[]): Promise<void> {
    await eventually('the injectors ready', SLOW_MS, async () => {
      for (const one of replicas) {
        const { status, body } = await one.ask('/readyz');
        if (status !== 200) throw new Error(`${body}${one.output}`);
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.service[Symbol.asyncDispose]();
    for (const one of this.replicas) await one[Symbol.asyncDispose]();
    await this.cluster.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

interface Rest {
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
