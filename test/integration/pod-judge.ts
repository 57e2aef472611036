import { isObject, type JsonObject, objectIn, textIn } from '#contract/json.ts';
import type { Standard } from '../../cli/explain/pod/security/standard.ts';
import type { ApiProxy } from '../servers/api-proxy.ts';
import type { ControlPlane } from '../servers/control-plane.ts';
import { eventually, PATIENCE_MS } from '../servers/eventually.ts';
import { without } from './pod-parts.ts';

/** What an API server says of a pod. */
export interface Judged {
  readonly qos: string;
  /** The strictest standard with which a namespace takes it. */
  readonly standard: Standard;
}

/** The strictest first. */
const STANDARDS = ['restricted', 'baseline', 'privileged'] as const;

const namespaceOf = (standard: Standard): string => `sidekey-test-judge-${standard}`;

/** Namespaces of a real API server, one for each Pod Security Standard. */
export class PodJudge implements AsyncDisposable {
  readonly #cluster: ControlPlane;
  readonly #api: ApiProxy;

  private constructor(cluster: ControlPlane, api: ApiProxy) {
    this.#cluster = cluster;
    this.#api = api;
  }

  /** Makes the namespaces, with the accounts that the pods name. */
  static async open(cluster: ControlPlane, pods: readonly object[]): Promise<PodJudge> {
    const judge = new PodJudge(cluster, await cluster.proxy());
    const accounts = pods.map((pod) =>
      isObject(pod) ? textIn(objectIn(pod, 'spec'), 'serviceAccountName') : '',
    );
    const named = new Set(accounts.filter((name) => name !== '' && name !== 'default'));
    await Promise.all(STANDARDS.map((standard) => judge.#makeNamespace(standard, named)));
    return judge;
  }

  async #makeNamespace(standard: Standard, accounts: ReadonlySet<string>): Promise<void> {
    const name = namespaceOf(standard);
    const labels = { 'pod-security.kubernetes.io/enforce': standard };
    const objects = [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } },
      ...[...accounts].map((account) => ({
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: account, namespace: name },
      })),
    ];
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
    await this.#cluster.kubectl(['create', '-f', '-'], list);
    await eventually('the default account', PATIENCE_MS, () =>
      this.#cluster.kubectl(['get', 'serviceaccount', 'default', '-n', name]),
    );
  }

  /** Undefined if no namespace takes the pod, whatever its standard. */
  async judge(pod: object): Promise<Judged | undefined> {
    const answers = await Promise.all(STANDARDS.map((standard) => this.#create(pod as JsonObject, standard)));
    const taken = answers.findIndex((answer) => answer !== undefined);
    const standard = STANDARDS[taken];
    const qos = textIn(objectIn(answers[taken] ?? {}, 'status'), 'qosClass');
    return standard === undefined ? undefined : { qos, standard };
  }

  /** The pod as it would be stored; undefined if it is refused. */
  async #create(pod: JsonObject, standard: Standard): Promise<JsonObject | undefined> {
    const namespace = namespaceOf(standard);
    const metadata = { name: 'judged', ...objectIn(pod, 'metadata'), namespace };
    const response = await fetch(`${this.#api.address}/api/v1/namespaces/${namespace}/pods?dryRun=All`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...without(pod, ['status']), metadata }),
    });
    const answer = (await response.json()) as JsonObject;
    return response.ok ? answer : undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#api[Symbol.asyncDispose]();
    await this.#cluster.forget(['namespace', ...STANDARDS.map(namespaceOf)]);
  }
}
