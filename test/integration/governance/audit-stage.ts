import { createPublicKey, type webcrypto } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '#contract/json.ts';
import { renderPolicies } from '../../../governance/policy/render.ts';
import { type ControlPlane, startControlPlane } from '../../servers/control-plane.ts';
import { eventually, PATIENCE_MS } from '../../servers/eventually.ts';
import { policiesInForce } from '../../servers/policies-in-force.ts';
import { field } from '../../servers/openbao-api.ts';
import { findOpenBao } from '../../servers/openbao-binary.ts';
import { type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import { declared, render, type Rendered } from './rendered.ts';
import { pod } from './stage.ts';

/** What we recommend to log. */
const AUDIT_POLICY = join(import.meta.dirname, '../../../deploy/kubernetes/audit-policy.yaml');

/** The tenants of the story. */
export const TENANTS = join(import.meta.dirname, '../../golden/tenants/scenario/tenants.yaml');

/** It would want an injector, which this story does without. */
const NOT_APPLIED = 'sidekey-injected';

const ALICE = ['--as', 'alice', '--as-group', 'oidc:team-a-devs'];
const NODE = 'gpu-node-1';

/** A real API server and a real OpenBao, both with the tenants and the policies, and with a log. */
export class AuditStage implements AsyncDisposable {
  readonly cluster: ControlPlane;
  readonly store: OpenBaoServer;
  readonly #rendered: Rendered;

  constructor(cluster: ControlPlane, store: OpenBaoServer, rendered: Rendered) {
    this.cluster = cluster;
    this.store = store;
    this.#rendered = rendered;
  }

  static async open(): Promise<AuditStage> {
    const [cluster, store, rendered] = await Promise.all([
      startControlPlane('', { auditPolicy: AUDIT_POLICY }),
      startOpenBao(),
      render(declared('scenario')),
    ]);
    const stage = new AuditStage(cluster, store, rendered);
    await stage.#furnishStore();
    await stage.#furnishCluster();
    return stage;
  }

  get apiLog(): string {
    return this.cluster.auditLog ?? '';
  }

  get directory(): string {
    return this.#rendered.directory;
  }

  async #furnishStore(): Promise<void> {
    const { api, address, rootToken } = this.store;
    const { keys } = JSON.parse(await this.cluster.kubectl(['get', '--raw', '/openid/v1/jwks'])) as {
      keys: webcrypto.JsonWebKey[];
    };
    await api('POST', 'sys/auth/jwt', { type: 'jwt' });
    await api('POST', 'auth/jwt/config', {
      jwt_validation_pubkeys: keys.map((key) =>
        createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' }),
      ),
    });
    await this.#mountKubernetes();
    const [bao] = (await findOpenBao()).command('', 0, []);
    const environment = { BAO: bao, BAO_ADDR: address, BAO_TOKEN: rootToken };
    await this.#rendered.run('openbao/apply.sh', environment);
  }

  /** The other login method, which asks the API server about each token, and lets in whoever it knows. */
  async #mountKubernetes(): Promise<void> {
    const { api } = this.store;
    const review = ['--clusterrole=system:auth-delegator', '--serviceaccount=kube-system:default'];
    await this.cluster.kubectl(['create', 'clusterrolebinding', 'store-reviews-tokens', ...review]);
    const config: unknown = JSON.parse(
      await this.cluster.kubectl(['config', 'view', '--raw', '--minify', '-o', 'json']),
    );
    const server = (name: string): string => String(field(config, 'clusters', 0, 'cluster', name));
    const token = ['create', 'token', 'default', '-n', 'kube-system'];
    await api('POST', 'sys/auth/kubernetes', { type: 'kubernetes' });
    await api('POST', 'auth/kubernetes/config', {
      kubernetes_host: server('server'),
      kubernetes_ca_cert: Buffer.from(server('certificate-authority-data'), 'base64').toString(),
      token_reviewer_jwt: (await this.cluster.kubectl(token)).trim(),
    });
    await api('POST', 'auth/kubernetes/role/reviewed', {
      bound_service_account_names: ['*'],
      bound_service_account_namespaces: ['*'],
      token_policies: ['sidekey-team-a'],
    });
  }

  async #furnishCluster(): Promise<void> {
    const { platform } = declared('scenario');
    const policies = renderPolicies(platform, { engine: 'vap', action: 'deny' })
      .filter(({ path }) => path !== `${NOT_APPLIED}.yaml`)
      .flatMap(({ objects }) => objects);
    await this.cluster.kubectl(['apply', '--recursive', '-f', `${this.directory}/kubernetes`]);
    await this.cluster.kubectl(
      ['apply', '-f', '-'],
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items: policies }),
    );
    await this.cluster.kubectl(['create', '-f', '-'], JSON.stringify(node()));
    await policiesInForce(this.cluster.kubectl);
    await this.#refuses('team-a', 'nvidia.com/gpu', 'sidekey-gpu-resources');
    await this.#refuses('team-a', 'nvidia.com/mig-3g.40gb', 'exceeded quota');
    await this.#refuses('team-b', 'nvidia.com/mig-1g.10gb', 'exceeded quota');
  }

  /** Waits until a hundred of something are refused for this reason: rights, policies and quotas are in force by then. */
  async #refuses(team: string, resource: string, why: string): Promise<void> {
    await eventually(`${why} in ${team}`, PATIENCE_MS, async () => {
      const made = this.make(team, 'tried', { [resource]: '100' }, '--dry-run=server');
      const message = await made.catch(String);
      if (!message.includes(why)) throw new Error(message);
    });
  }

  /** Makes a pod that asks for its team's secret, as alice or, for team-b, as the administrator. */
  make(team: string, name: string, limits: JsonObject, ...options: readonly string[]): Promise<string> {
    // Whoever asks for such nodes has to ask for a slice.
    const nodeSelector: JsonObject = Object.keys(limits).length === 0 ? {} : { 'gpu-type': 'h100-mig' };
    const spec = { serviceAccountName: team, nodeSelector };
    const object = pod(name, limits, spec);
    const annotations = {
      'vault.hashicorp.com/agent-inject': 'true',
      'vault.hashicorp.com/role': team,
      'vault.hashicorp.com/agent-inject-secret-api-key': `secret/data/${team}/api-key`,
    };
    return this.cluster.kubectl(
      ['create', '-n', team, '-f', '-', ...(team === 'team-a' ? ALICE : []), ...options],
      JSON.stringify({ ...object, metadata: { name, annotations } }),
    );
  }

  /** kubectl as alice of team-a, who may fail. */
  alice(...args: readonly string[]): Promise<string> {
    return this.cluster.kubectl([...ALICE, ...args]).catch(String);
  }

  /** Logs in with a token that is a service account's and no pod's. */
  async reviewed(team: string): Promise<Pick<PodSession, 'read'>> {
    const jwt = (await this.cluster.kubectl(['create', 'token', team, '-n', team])).trim();
    const login = { role: 'reviewed', jwt };
    const token = String(
      field(
        await this.store.api('POST', 'auth/kubernetes/login', login, { token: '' }),
        'auth',
        'client_token',
      ),
    );
    return { read: (path) => this.store.api('GET', path, undefined, { token }) };
  }

  /** Waits until the pod has a node, and logs in at the store as it would. */
  async login(team: string, name: string): Promise<PodSession> {
    const uid = await eventually(`${name} on a node`, PATIENCE_MS, async () => {
      const at = ['get', 'pod', name, '-n', team, '-o', 'jsonpath={.spec.nodeName} {.metadata.uid}'];
      const [on, is = ''] = (await this.cluster.kubectl(at)).split(' ');
      if (on !== NODE) throw new Error('It has no node yet');
      return is;
    });
    const bound = ['--bound-object-kind', 'Pod', '--bound-object-name', name, '--audience', 'openbao'];
    const jwt = (await this.cluster.kubectl(['create', 'token', team, '-n', team, ...bound])).trim();
    const answer = await this.store.api('POST', 'auth/jwt/login', { role: team, jwt }, { token: '' });
    const token = String(field(answer, 'auth', 'client_token'));
    return {
      uid,
      token,
      read: (path) => this.store.api('GET', path, undefined, { token }),
    };
  }

  /** What the cluster says of some resources, in a file. */
  async save(name: string, resources: string, ...options: readonly string[]): Promise<string> {
    const file = join(this.directory, name);
    await writeFile(file, await this.cluster.kubectl(['get', resources, '-o', 'json', ...options]));
    return file;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.stop();
    await this.cluster.stop();
    await this.#rendered[Symbol.asyncDispose]();
  }
}

export interface PodSession {
  readonly uid: string;
  readonly token: string;
  read(path: string): Promise<unknown>;
}

/** Nobody runs there, but the scheduler does not know. */
function node(): JsonObject {
  const amounts = {
    cpu: '64',
    memory: '512Gi',
    pods: '110',
    'nvidia.com/mig-3g.40gb': '4',
    'nvidia.com/mig-1g.10gb': '4',
  };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: NODE, labels: { 'gpu-type': 'h100-mig' } },
    status: {
      allocatable: amounts,
      capacity: amounts,
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  };
}
