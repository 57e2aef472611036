import { type JsonObject, objectIn, textIn } from '#contract/json.ts';
import type { Case } from '../golden/cases.ts';
import { SANDBOX } from '../governance/cases/namespaces.ts';
import type { ApiProxy } from '../servers/api-proxy.ts';
import { type ControlPlane, startControlPlane } from '../servers/control-plane.ts';
import { eventually, PATIENCE_MS } from '../servers/eventually.ts';
import { type Place, PLACES } from './golden-places.ts';
import { without } from './pod-parts.ts';

/** Where nothing is demanded, and where the restricted standard is. */
const NAMESPACE = 'sidekey-test-golden';
const RESTRICTED = 'sidekey-test-golden-restricted';
const NAMESPACES = [NAMESPACE, RESTRICTED, ...PLACES.map(({ name }) => name)];

/** A namespace has them from the beginning: what is added is known to the API server a moment later. */
const labelsOf = (namespace: string): Record<string, string> =>
  namespace === RESTRICTED ? { 'pod-security.kubernetes.io/enforce': 'restricted' } : {};

/** Without the fields that no API server of today would take, so that it can be as strict as it likes. */
export function known({ pod, settings }: Case): Case {
  const text = JSON.stringify(pod, (key, value: unknown) => (key === 'aFieldOfTomorrow' ? undefined : value));
  return { pod: JSON.parse(text) as JsonObject, settings };
}

/** A real API server that is asked what it would make of pods. */
export class GoldenStage implements AsyncDisposable {
  readonly #cluster: ControlPlane;
  readonly #api: ApiProxy;
  readonly #answers = new Map<string, Promise<JsonObject>>();

  private constructor(cluster: ControlPlane, api: ApiProxy) {
    this.#cluster = cluster;
    this.#api = api;
  }

  /** Makes the namespaces, with what is demanded in them and the accounts that the pods name. */
  static async start(pods: readonly JsonObject[]): Promise<GoldenStage> {
    const cluster = await startControlPlane();
    const stage = new GoldenStage(cluster, await cluster.proxy());
    await stage.#make(SANDBOX);
    const accounts = pods.map((pod) => textIn(objectIn(pod, 'spec'), 'serviceAccountName'));
    const named = [...new Set(accounts)].filter((name) => name !== '');
    await Promise.all(NAMESPACES.map((name) => stage.#makeNamespace(name, named)));
    await Promise.all(PLACES.map((place) => stage.#furnish(place)));
    const sandboxed = { runtimeClassName: textIn(objectIn(SANDBOX, 'metadata'), 'name') };
    await eventually('the class of the sandbox', PATIENCE_MS, () =>
      stage.#create(NAMESPACE, probe(sandboxed)),
    );
    return stage;
  }

  #make(...objects: readonly JsonObject[]): Promise<string> {
    const list = { apiVersion: 'v1', kind: 'List', items: objects };
    return this.#cluster.kubectl(['create', '-f', '-'], JSON.stringify(list));
  }

  /** The default account comes by itself. */
  async #makeNamespace(name: string, accounts: readonly string[]): Promise<void> {
    await this.#make(
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: labelsOf(name) } },
      ...accounts.map((account) => ({
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: account, namespace: name },
      })),
    );
    await eventually('the default account', PATIENCE_MS, () =>
      this.#cluster.kubectl(['get', 'serviceaccount', 'default', '-n', name]),
    );
  }

  /** What is demanded is in force a moment after it is written. */
  async #furnish({ name, limitRange, quota }: Place): Promise<void> {
    const objects = [limitRange, quota].filter((object) => object !== undefined);
    await this.#make(
      ...objects.map((object) => ({
        ...object,
        metadata: { ...objectIn(object, 'metadata'), namespace: name },
      })),
    );
    if (limitRange !== undefined) await this.#says(name, {}, 'LimitRanger plugin set');
    if (quota !== undefined) await this.#says(name, EXCESSIVE, 'exceeded quota');
  }

  /** Waits until something of a pod is said in a namespace. */
  async #says(namespace: string, more: JsonObject, said: string): Promise<void> {
    await eventually(`"${said}" in ${namespace}`, PATIENCE_MS, async () => {
      const answer = await this.#create(namespace, probe(more)).then(JSON.stringify, String);
      if (!answer.includes(said)) throw new Error(answer);
    });
  }

  /**
   * What the API server would store, defaults and all; it is asked once about the same pod. What differs from one creation
   * to the next is left out, and so is who set which field.
   *
   * @throws {Error} With the reason if it refuses the pod, or does not know one of its fields.
   */
  stored(pod: JsonObject, namespace = NAMESPACE): Promise<JsonObject> {
    const metadata = { ...objectIn(pod, 'metadata'), namespace };
    // A status that came along would be believed.
    const body = JSON.stringify({ ...without(pod, ['status']), metadata });
    const answer = this.#answers.get(body) ?? this.#create(namespace, body);
    this.#answers.set(body, answer);
    return answer;
  }

  /** The same in a namespace that enforces the restricted standard. */
  storedRestricted(pod: JsonObject): Promise<JsonObject> {
    return this.stored(pod, RESTRICTED);
  }

  async #create(namespace: string, body: string): Promise<JsonObject> {
    const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All&fieldValidation=Strict`;
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(this.#api.address + path, { method: 'POST', headers, body });
    const answer = await response.text();
    if (!response.ok) throw new Error(answer);
    const pod = JSON.parse(
      answer.replaceAll(ACCESS_VOLUME, 'kube-api-access-00000').replaceAll(MOMENT, ''),
    ) as JsonObject;
    const metadata = objectIn(pod, 'metadata');
    const passing = [
      'uid',
      'creationTimestamp',
      'managedFields',
      ...('generateName' in metadata ? ['name'] : []),
    ];
    return { ...pod, metadata: without(metadata, passing) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cluster.forget(['namespace', ...NAMESPACES]);
    await this.#cluster.forget(['runtimeclass', textIn(objectIn(SANDBOX, 'metadata'), 'name')]);
    await this.#api[Symbol.asyncDispose]();
    await this.#cluster.stop();
  }
}

const MUCH = { cpu: '20k', memory: '2Pi' };
/** More than any quota has. */
const EXCESSIVE: JsonObject = { resources: { requests: MUCH, limits: MUCH } };

function probe(more: JsonObject): string {
  const container = { name: 'probe', image: 'registry.example/probe:1' };
  const { resources = {}, ...spec } = more;
  const metadata = { name: 'probe' };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: { ...spec, containers: [{ ...container, resources }] },
  });
}

/** Named anew each time. */
const ACCESS_VOLUME = /kube-api-access-[a-z0-9]{5}/gu;
/** Of a condition. */
const MOMENT = /,"lastTransitionTime":"[^"]+"/gu;
