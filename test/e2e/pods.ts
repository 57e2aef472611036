import { eventually } from '../servers/eventually.ts';
import type { ClusterNode } from '../servers/node.ts';

/** No time that is measured: a busy machine is slow, and may stand still for seconds. */
const PATIENCE_SECONDS = 180;

/** What the tests look at of a pod. */
export interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly initContainers?: readonly { readonly name: string }[];
    readonly containers: readonly { readonly name: string }[];
  };
  readonly status: {
    readonly phase: string;
    readonly qosClass: string;
    readonly podIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

export interface ContainerStatus {
  readonly name: string;
  readonly containerID: string;
  readonly restartCount: number;
  readonly ready: boolean;
  readonly state?: Readonly<Record<string, { readonly startedAt?: string; readonly reason?: string }>>;
}

/** What the model server of `model-server/` answers. */
export interface ModelAnswer {
  readonly pid: number;
  readonly uid: number;
  readonly model: { readonly loadedAt: number; readonly weights: string };
  readonly first: string;
  readonly now: string;
  readonly visibleDevices: string;
  /** Of its environment. */
  readonly key?: string;
}

export async function getPod(node: ClusterNode, name: string, namespace = 'default'): Promise<Pod> {
  const pod = await node.kubectl([`--namespace=${namespace}`, 'get', 'pod', name, '--output=json']);
  return JSON.parse(pod) as Pod;
}

export async function waitReady(
  node: ClusterNode,
  name: string,
  seconds = PATIENCE_SECONDS,
  namespace = 'default',
): Promise<Pod> {
  const within = `--namespace=${namespace}`;
  try {
    await node.kubectl([within, 'wait', '--for=condition=Ready', `pod/${name}`, `--timeout=${seconds}s`]);
  } catch (error) {
    const described = await node.kubectl([within, 'describe', 'pod', name]);
    const logs = await node.attempt(['kubectl', within, 'logs', name, '--all-containers', '--tail=40']);
    throw new Error(`Pod ${name} is not ready\n${described}\n${logs.stdout}`, { cause: error });
  }
  return await getPod(node, name, namespace);
}

/** Every container of a pod, init containers first. */
export const statuses = (pod: Pod): readonly ContainerStatus[] => [
  ...(pod.status.initContainerStatuses ?? []),
  ...(pod.status.containerStatuses ?? []),
];

export function fetchText(node: ClusterNode, pod: Pod, port: number, path = '/'): Promise<string> {
  return node.run([
    'curl',
    '--silent',
    '--fail',
    '--max-time',
    '30',
    `http://${pod.status.podIP}:${port}${path}`,
  ]);
}

export async function askModel(node: ClusterNode, pod: Pod): Promise<ModelAnswer> {
  return JSON.parse(await fetchText(node, pod, 8000)) as ModelAnswer;
}

/** Looks until `check` holds; the last value otherwise is in the error's cause. */
export function eventuallySeen<T>(
  what: string,
  look: () => Promise<T>,
  check: (value: T) => boolean,
  seconds = PATIENCE_SECONDS,
): Promise<T> {
  return eventually(what, seconds * 1000, async () => {
    const value = await look();
    if (!check(value)) throw new Error(`Last seen: ${JSON.stringify(value)}`);
    return value;
  });
}
