import type { JsonObject } from '#contract/json.ts';
import type { Case } from './case.ts';
import { allows, by, creates, denies, pod, refused, withHostPath, workload } from './objects.ts';

const POLICY = 'sidekey-gpu-no-bypass';

/** A pod that mounts the node's `/dev/null` at a path, which is how devices are asked for by mounts. */
const mounting = (mountPath: string): JsonObject =>
  withHostPath('/dev/null', { container: { volumeMounts: [{ name: 'host', mountPath }] } });

/** Directories and files of the node that are GPUs, hold some, or hand some out. */
const FORBIDDEN = [
  '/',
  '//',
  '/dev',
  '/dev/',
  '//dev',
  '/./dev',
  '/dev/.',
  '/dev/nvidia0',
  '//dev//nvidia0',
  '/dev/nvidiactl',
  '/dev/nvidia-caps',
  '/dev/dri',
  '/dev/dri/renderD128',
  '/dev/kfd',
  '/dev/accel/accel0',
  '/dev/vfio/42',
  '/dev/char',
  '/dev/char/195:0',
  '/var/lib/kubelet/device-plugins',
  '/var/lib/kubelet/device-plugins/kubelet.sock',
  '/var/lib/kubelet/pod-resources/',
  '/var/lib/kubelet/plugins/gpu.nvidia.com',
  '/var/lib/kubelet',
  '/var/lib',
  '/var',
  '/proc/driver/nvidia/gpus',
  '/proc/1/root/dev',
  '/sys',
  '/sys/bus/pci/devices',
  '/etc/cdi',
  '/var/run/cdi',
  '/run/cdi/nvidia.yaml',
  '/run/containerd/containerd.sock',
  '/var/run/docker.sock',
].map((path) => creates(`${path} of the node`, withHostPath(path), by(POLICY)(path)));

const MOUNTS = denies(POLICY, {
  'a DaemonSet that mounts the devices of every node': [
    workload('DaemonSet', {
      namespace: 'plain',
      spec: { volumes: [{ name: 'host', hostPath: { path: '/dev' } }] },
    }),
    '/dev',
  ],
  'a second volume with devices': [
    pod({
      spec: {
        volumes: [
          { name: 'models', hostPath: { path: '/data' } },
          { name: 'gpu', hostPath: { path: '/dev/nvidia0' } },
        ],
      },
    }),
    '/dev/nvidia0',
  ],
  'a mount that asks for all GPUs': [
    mounting('/var/run/nvidia-container-devices/all'),
    'nvidia-container-devices',
  ],
  'a mount that asks for all GPUs by the real path': [
    mounting('/run/nvidia-container-devices/all'),
    'nvidia-container-devices',
  ],
  'a mount that asks for all GPUs with a slash too many': [
    mounting('//var/run//nvidia-container-devices/all'),
    'nvidia-container-devices',
  ],
  'a mount that asks for a GPU by CDI': [
    mounting('/var/run/nvidia-container-devices/cdi/nvidia.com/gpu/0'),
    'nvidia-container-devices',
  ],
});

const ALLOWED = allows({
  'a directory of models of the node': withHostPath('/data/models'),
  'a directory whose name begins like that of devices': withHostPath('/devices-of-old'),
  'shared memory of the node': withHostPath('/dev/shm'),
  'network adapters of the node': withHostPath('/dev/infiniband'),
  'a directory of /var/lib that is none of the kubelet’s': withHostPath('/var/lib/models'),
  'volumes that are none of the node’s': pod({
    spec: {
      volumes: [
        { name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: '8Gi' } },
        { name: 'dev', persistentVolumeClaim: { claimName: 'dev' } },
      ],
    },
  }),
  'a mount whose name begins alike': pod({
    spec: { volumes: [{ name: 'list', emptyDir: {} }] },
    container: { volumeMounts: [{ name: 'list', mountPath: '/run/nvidia-containers' }] },
  }),
});

const REFUSED = refused(
  'a path of the node may not climb',
  denies(POLICY, { 'a path of the node that climbs': [withHostPath('/data/../dev'), '/data/../dev'] }),
);

/** What `sidekey-gpu-no-bypass` says of paths of the node. */
export const HOST_PATHS: readonly Case[] = [...FORBIDDEN, ...MOUNTS, ...ALLOWED, ...REFUSED];
