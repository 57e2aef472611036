/** The slice of a pod that the demo plays: enough to start the agent as the kubelet would. */
export interface Pod {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
    readonly volumes?: readonly Volume[];
  };
}

export interface Container {
  readonly name: string;
  readonly restartPolicy?: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly resources?: { readonly requests?: Quantities; readonly limits?: Quantities };
  readonly securityContext?: { readonly runAsUser?: number };
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

type Quantities = Readonly<Record<string, string | number>>;

export interface Volume {
  readonly name: string;
  readonly emptyDir?: { readonly medium?: string; readonly sizeLimit?: string };
  readonly projected?: {
    readonly sources?: readonly {
      readonly serviceAccountToken?: { readonly path: string; readonly audience?: string };
    }[];
  };
}

/** What a container finds at a path: an empty tmpfs, or a service-account token. */
export type Place =
  | { readonly kind: 'tmpfs'; readonly path: string; readonly bytes: number }
  | { readonly kind: 'token'; readonly path: string; readonly audience: string | undefined };

/**
 * The places that a container's mounts make.
 *
 * @throws {Error} For a volume of another kind than the injector adds.
 */
export function places(pod: Pod, container: Container): Place[] {
  return (container.volumeMounts ?? []).flatMap(({ name, mountPath }): Place[] => {
    const volume = pod.spec.volumes?.find((candidate) => candidate.name === name);
    if (volume?.emptyDir?.medium === 'Memory')
      return [{ kind: 'tmpfs', path: mountPath, bytes: parseBytes(volume.emptyDir.sizeLimit ?? '16Mi') }];
    const tokens = (volume?.projected?.sources ?? []).flatMap(
      ({ serviceAccountToken }) => serviceAccountToken ?? [],
    );
    if (tokens.length === 0)
      throw new Error(`Cannot mount volume "${name}": only tmpfs and tokens are known`);
    return tokens.map(({ path, audience }) => ({ kind: 'token', path: `${mountPath}/${path}`, audience }));
  });
}

const UNITS: Readonly<Record<string, number>> = { '': 1, Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3 };

/** Bytes in a quantity such as `16Mi`. */
function parseBytes(quantity: string): number {
  const [, amount = '', unit = ''] = /^(\d+)(\D*)$/u.exec(quantity) ?? [];
  const factor = UNITS[unit];
  if (amount === '' || factor === undefined) throw new Error(`Cannot read the size "${quantity}"`);
  return Number(amount) * factor;
}

export type QosClass = 'BestEffort' | 'Burstable' | 'Guaranteed';

/** As Kubernetes decides it: by the CPU and memory of all containers, init containers included. */
export function qosClass({ spec }: Pod): QosClass {
  const all = [...spec.containers, ...(spec.initContainers ?? [])].map(({ resources = {} }) => resources);
  const names = ['cpu', 'memory'];
  const asksNothing = ({ requests = {}, limits = {} }: (typeof all)[number]): boolean =>
    names.every((name) => requests[name] === undefined && limits[name] === undefined);
  const getsAll = ({ requests, limits = {} }: (typeof all)[number]): boolean =>
    names.every((name) => limits[name] !== undefined && (requests?.[name] ?? limits[name]) === limits[name]);
  if (all.every(asksNothing)) return 'BestEffort';
  return all.every(getsAll) ? 'Guaranteed' : 'Burstable';
}

function added<T extends { readonly name: string }>(
  before: readonly T[] = [],
  after: readonly T[] = [],
): readonly T[] {
  return after.filter(({ name }) => before.every((one) => one.name !== name));
}

/**
 * What an injection added, for the reader.
 *
 * @throws {Error} If it changed the pod's QoS class.
 */
export function describeInjection(before: Pod, after: Pod): string[] {
  const containers = added(before.spec.initContainers, after.spec.initContainers);
  const volumes = added(before.spec.volumes, after.spec.volumes);
  const mounts = after.spec.containers.flatMap(({ name, volumeMounts = [] }) =>
    volumeMounts
      .filter((mount) => volumes.some((volume) => volume.name === mount.name))
      .map(({ mountPath }) => `${mountPath} in ${name}`),
  );
  const [was, is] = [qosClass(before), qosClass(after)];
  if (was !== is) throw new Error(`The injection changed the pod's QoS class from ${was} to ${is}`);
  return [
    ...containers.map(({ name, restartPolicy }) =>
      restartPolicy === 'Always' ? `added the native sidecar ${name}` : `added the init container ${name}`,
    ),
    `added the volumes ${volumes.map(({ name }) => name).join(', ')}; ${mounts.join(', ')}`,
    `QoS class ${is}, as before`,
  ];
}
