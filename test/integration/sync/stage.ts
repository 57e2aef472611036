import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '#contract/json.ts';
import type { ApiServer } from '../../../agent/sync/config.ts';
import { syncManifests } from '../../../deploy/kubernetes/sync/manifests.ts';
import { type BundleProcess, startBundle } from '../../servers/bundle-process.ts';
import { type ControlPlane, startControlPlane } from '../../servers/control-plane.ts';
import { eventually, PATIENCE_MS } from '../../servers/eventually.ts';
import { type RecordedWorld, recordedWorld } from '../../servers/infisical/recorded-world.ts';
import { reviewAt } from '../../servers/infisical/token-review.ts';
import { freePort } from '../../servers/port.ts';

/** Where the sync is installed in these tests. */
const HOME = 'sidekey-sync-test';

/** What must never be seen but in the data of a Secret. */
export const CANARY = 'canary-9b21f0';

/** How often the stores are asked. */
export const POLL_MS = 1000;

/** Of one request of a replica to a store: more than a machine stands still, for one that was given up is asked twice. */
const REQUEST_MS = 5000;

/** A replica that takes longer is not alive. */
const ANSWER_MS = 10_000;

/** A real API server with what installs the sync, a fake Infisical, and the sync's replicas as its image runs them. */
export class Stage implements AsyncDisposable {
  readonly cluster: ControlPlane;
  readonly world: RecordedWorld;
  readonly replicas: Replica[] = [];
  /** Whom the API server takes the replicas for. */
  readonly account = `system:serviceaccount:${HOME}:sidekey-sync`;
  readonly #directory: string;
  readonly #namespaces: string[] = [];

  private constructor(cluster: ControlPlane, world: RecordedWorld, directory: string) {
    this.cluster = cluster;
    this.world = world;
    this.#directory = directory;
  }

  static async open(): Promise<Stage> {
    // One of its own in any case: it is restarted, and its account is taken rights from.
    const cluster = await startControlPlane('');
    const world = await recordedWorld({ kubernetes: { namespaces: [HOME], names: ['sidekey-sync'] } });
    const directory = await mkdtemp(join(tmpdir(), 'sidekey-sync-'));
    await chmod(directory, 0o755);
    const stage = new Stage(cluster, world, directory);
    await stage.#install();
    await stage.#review();
    return stage;
  }

  /** The manifests as they are installed; the Deployment's pods stay Pending here, and its replicas are run below. */
  async #install(): Promise<void> {
    const manifests = syncManifests({
      namespace: HOME,
      agentImage: 'registry.example/sidekey-agent:test',
      infisical: { address: this.world.fake.address, identity: this.world.identity.id },
      replicas: 2,
      pollMs: POLL_MS,
    });
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: HOME } };
    const list = { apiVersion: 'v1', kind: 'List', items: [namespace, ...manifests] };
    await this.cluster.kubectl(['apply', '--filename=-'], JSON.stringify(list));
  }

  /** Lets Infisical ask this API server whose a token is, as it does where it runs. */
  async #review(): Promise<void> {
    const binding = ['create', 'clusterrolebinding', 'reviewer', '--clusterrole=system:auth-delegator'];
    await this.cluster.kubectl(['create', 'serviceaccount', 'reviewer', `--namespace=${HOME}`]);
    await this.cluster.kubectl([...binding, `--serviceaccount=${HOME}:reviewer`]);
    const { url, caPem } = await this.#apiServer();
    const token = await this.#token('reviewer');
    this.world.fake.identities.review = reviewAt({ url, caPem, token });
  }

  async #token(account: string): Promise<string> {
    const create = ['create', 'token', account, `--namespace=${HOME}`, '--duration=1h'];
    return (await this.cluster.kubectl(create)).trim();
  }

  async #apiServer(): Promise<{ readonly url: string; readonly caPem: string }> {
    const view = await this.cluster.kubectl(['config', 'view', '--raw', '--minify', '--output=json']);
    const { clusters } = JSON.parse(view) as {
      clusters: [{ cluster: { server: string; 'certificate-authority-data': string } }];
    };
    const [{ cluster }] = clusters;
    const caPem = Buffer.from(cluster['certificate-authority-data'], 'base64').toString();
    return { url: cluster.server, caPem };
  }

  /** A namespace, bound or not. */
  async namespace(name: string, annotations: Readonly<Record<string, string>> = {}): Promise<void> {
    this.#namespaces.push(name);
    const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, annotations } };
    await this.cluster.kubectl(['apply', '--filename=-'], JSON.stringify(object));
  }

  /** Sets a secret of the project's `dev` environment, in a folder that is made if there is none. */
  write(folder: string, key: string, value: string): void {
    const { fake, project } = this.world;
    const known = project.environments.get('dev')?.folders.get(folder);
    fake.projects.put(known ?? fake.projects.createFolder(project, 'dev', folder), key, value);
  }

  /** Starts another replica, with what its Deployment would give it. */
  async start(change: Readonly<Record<string, unknown>> = {}): Promise<Replica> {
    const number = this.replicas.length + 1;
    const replica = await Replica.start(this, join(this.#directory, `replica-${number}`), change);
    this.replicas.push(replica);
    return replica;
  }

  /** A file that the replicas' user may read. */
  async file(name: string, text: string): Promise<string> {
    const path = join(this.#directory, name);
    await writeFile(path, text, { mode: 0o644 });
    return path;
  }

  /** As in a file of the user's. */
  apply(namespace: string, manifest: string, ...flags: readonly string[]): Promise<string> {
    return this.cluster.kubectl(['apply', `--namespace=${namespace}`, ...flags, '--filename=-'], manifest);
  }

  async secret(namespace: string, name: string): Promise<JsonObject> {
    const text = await this.cluster.kubectl([
      'get',
      'secret',
      `--namespace=${namespace}`,
      name,
      '--output=json',
    ]);
    return JSON.parse(text) as JsonObject;
  }

  /** Whose the lead is; empty if it is nobody's. */
  async holder(): Promise<string> {
    const get = [
      'get',
      'lease',
      `--namespace=${HOME}`,
      'sidekey-sync',
      '--output=jsonpath={.spec.holderIdentity}',
    ];
    return await this.cluster.kubectl(get);
  }

  /** What an application would read. */
  async values(namespace: string, name: string): Promise<Record<string, string>> {
    const { data = {} } = (await this.secret(namespace, name)) as { data?: Record<string, string> };
    return Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
    );
  }

  async annotations(namespace: string, name: string): Promise<Record<string, string>> {
    const { metadata } = (await this.secret(namespace, name)) as {
      metadata: { annotations?: Record<string, string> };
    };
    return metadata.annotations ?? {};
  }

  /** How a replica reaches the API server, in files that its user may read. */
  async connection(directory: string): Promise<ApiServer> {
    const { url, caPem } = await this.#apiServer();
    const [caFile, tokenFile] = [join(directory, 'ca.crt'), join(directory, 'token')];
    await writeFile(caFile, caPem);
    await writeFile(tokenFile, await this.#token('sidekey-sync'));
    return { address: url, caFile, tokenFile };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const replica of this.replicas) await replica[Symbol.asyncDispose]();
    await this.world.fake.close();
    await this.cluster.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

/** One process of the Deployment. */
export class Replica implements AsyncDisposable {
  readonly process: BundleProcess;
  readonly port: number;

  private constructor(process: BundleProcess, port: number) {
    this.process = process;
    this.port = port;
  }

  static async start(
    stage: Stage,
    directory: string,
    change: Readonly<Record<string, unknown>>,
  ): Promise<Replica> {
    await mkdir(directory, { mode: 0o755 });
    const kubernetes = await stage.connection(directory);
    const adminPort = await freePort();
    const { fake, identity } = stage.world;
    const auth = { method: 'kubernetes', identityId: identity.id, tokenFile: kubernetes.tokenFile };
    const config = {
      version: 1,
      infisical: { address: fake.address, auth, timeoutMs: REQUEST_MS },
      pollMs: POLL_MS,
      leader: { namespace: HOME, name: 'sidekey-sync' },
      kubernetes,
      adminAddress: '127.0.0.1',
      adminPort,
      ...change,
    };
    const file = join(directory, 'sync.json');
    await writeFile(file, JSON.stringify(config));
    const process = await startBundle({ name: 'agent', args: ['sync', '--config', file], environment: {} });
    return new Replica(process, adminPort);
  }

  async metric(name: string): Promise<number> {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const text = await (await fetch(`http://127.0.0.1:${this.port}/metrics`, { signal })).text();
    const line = text.split('\n').find((one) => one.startsWith(`${name} `));
    if (line === undefined) throw new Error(`There is no metric ${name}`);
    return Number(line.slice(name.length + 1));
  }

  async isLeader(): Promise<boolean> {
    return (await this.metric('sidekey_sync_leader')) === 1;
  }

  async leads(): Promise<void> {
    await eventually('the lead', PATIENCE_MS, async () => {
      if (!(await this.isLeader())) throw new Error(this.process.output());
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process[Symbol.asyncDispose]();
  }
}
