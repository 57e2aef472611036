import type { JsonObject } from '#contract/json.ts';
import type { Case, Denial } from './case.ts';

type Texts = Readonly<Record<string, string>>;

/** What a pod has beside what every pod has. */
interface Parts {
  /** team-a if it is not said. */
  readonly namespace?: string;
  readonly name?: string;
  readonly labels?: Texts;
  readonly annotations?: Texts;
  /** Of the model server. */
  readonly limits?: JsonObject;
  readonly requests?: JsonObject;
  readonly env?: readonly JsonObject[];
  /** Any other fields of the model server's container. */
  readonly container?: JsonObject;
  readonly init?: readonly JsonObject[];
  /** Containers beside the model server. */
  readonly beside?: readonly JsonObject[];
  /** Any other fields of the spec. */
  readonly spec?: JsonObject;
}

const SERVER_IMAGE = 'registry.example/model-server:7';

/** Where team-a's slices are. */
export const ON_SLICES: JsonObject = { nodeSelector: { 'gpu-type': 'h100-mig' } };

/** Team-a's slice of a GPU. */
export const SLICE: JsonObject = { 'nvidia.com/mig-3g.40gb': 1 };

/** A container, of whatever kind its place makes it. */
export const container = (name: string, fields: JsonObject = {}): JsonObject => ({
  name,
  image: `registry.example/${name}:1`,
  ...fields,
});

/** An init container that stays beside the application. */
export const sidecar = (name: string, fields: JsonObject = {}): JsonObject =>
  container(name, { restartPolicy: 'Always', ...fields });

export const limited = (limits: JsonObject): JsonObject => ({ resources: { limits } });

/** A pod with one container that serves a model. */
export function pod(parts: Parts = {}): JsonObject {
  const { namespace = 'team-a', name = 'model', labels, annotations } = parts;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, ...(labels && { labels }), ...(annotations && { annotations }) },
    spec: {
      ...(parts.init && { initContainers: parts.init }),
      containers: [modelServer(parts), ...(parts.beside ?? [])],
      ...parts.spec,
    },
  };
}

function modelServer({ limits, requests, env, container: fields }: Parts): JsonObject {
  const resources = { ...(limits && { limits }), ...(requests && { requests }) };
  return {
    name: 'model-server',
    image: SERVER_IMAGE,
    ...(limits === undefined && requests === undefined ? {} : { resources }),
    ...(env && { env }),
    ...fields,
  };
}

const APP = { app: 'model' };
const SELECTS = { selector: { matchLabels: APP } };

/** The kinds that make pods from a template. */
export type WorkloadKind = keyof typeof WORKLOADS;

/** How each kind holds a template, which `labelled` has the label that it selects by. */
const WORKLOADS = {
  Deployment: ['apps/v1', (_, labelled) => ({ spec: { ...SELECTS, template: labelled } })],
  ReplicaSet: ['apps/v1', (_, labelled) => ({ spec: { ...SELECTS, template: labelled } })],
  DaemonSet: ['apps/v1', (_, labelled) => ({ spec: { ...SELECTS, template: labelled } })],
  StatefulSet: ['apps/v1', (_, template) => ({ spec: { ...SELECTS, serviceName: 'model', template } })],
  ReplicationController: ['v1', (_, labelled) => ({ spec: { selector: APP, template: labelled } })],
  PodTemplate: ['v1', (template) => ({ template })],
  Job: ['batch/v1', (template) => ({ spec: { template: ending(template) } })],
  CronJob: [
    'batch/v1',
    (template) => ({
      spec: { schedule: '0 3 * * *', jobTemplate: { spec: { template: ending(template) } } },
    }),
  ],
} as const satisfies Record<
  string,
  readonly [string, (template: Template, labelled: Template) => JsonObject]
>;

interface Template extends JsonObject {
  readonly spec: JsonObject;
}

export const WORKLOAD_KINDS = Object.keys(WORKLOADS) as readonly WorkloadKind[];

/** What ends has to say what becomes of a pod that failed. */
const ending = (template: Template): Template => ({
  ...template,
  spec: { restartPolicy: 'Never', ...template.spec },
});

/** An object of a kind that makes pods like this one. A template has metadata only if there is something to say there. */
export function workload(kind: WorkloadKind, parts: Parts = {}): JsonObject {
  const { name = 'model', namespace = 'team-a', labels, annotations } = parts;
  const spec = pod(parts)['spec'] as JsonObject;
  const said = { ...(labels && { labels }), ...(annotations && { annotations }) };
  const template = { ...(Object.keys(said).length > 0 && { metadata: said }), spec };
  const labelled = { metadata: { ...said, labels: { ...APP, ...labels } }, spec };
  const [apiVersion, hold] = WORKLOADS[kind];
  return { apiVersion, kind, metadata: { name, namespace }, ...hold(template, labelled) };
}

/** One variable of a container. */
export const variable = (name: string, value: string): JsonObject => ({ name, value });

/** A pod with a directory of the node in it. */
export const withHostPath = (path: string, parts: Parts = {}): JsonObject =>
  pod({ ...parts, spec: { volumes: [{ name: 'host', hostPath: { path } }], ...parts.spec } });

/** A denial by one policy; of what it says, the part that no wording can leave out. */
export const by =
  (policy: Denial['policy']) =>
  (says: Denial['says']): Denial => ({ policy, says });

export const creates = (name: string, object: JsonObject, ...denials: readonly Denial[]): Case => ({
  name,
  operation: 'CREATE',
  object,
  denies: denials,
});

/** Objects that may be created as far as every policy is concerned, by the name of their case. */
export const allows = (objects: Readonly<Record<string, JsonObject>>): readonly Case[] =>
  Object.entries(objects).map(([name, object]) => creates(name, object));

/** Objects that one policy alone keeps from being created, by the name of their case, with a part of what it says. */
export const denies = (
  policy: Denial['policy'],
  objects: Readonly<Record<string, readonly [JsonObject, Denial['says']]>>,
): readonly Case[] =>
  Object.entries(objects).map(([name, [object, says]]) => creates(name, object, { policy, says }));

/** A change of what was there before. */
export const updates = (
  name: string,
  [oldObject, object]: readonly [JsonObject, JsonObject],
  ...denials: readonly Denial[]
): Case => ({ name, operation: 'UPDATE', oldObject, object, denies: denials });

/** Cases of which the API server does not let the policies have a look. */
export const refused = (serverRefuses: string, cases: readonly Case[]): readonly Case[] =>
  cases.map((one) => ({ ...one, serverRefuses }));
