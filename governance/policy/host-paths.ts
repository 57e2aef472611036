import { quoteAll } from './cel.ts';

/** Places of a node that are devices, tell of some, or hand some out. `/var/run` is `/run`. */
const GUARDED = [
  '/dev',
  '/proc',
  '/etc/cdi',
  '/etc/containerd',
  '/etc/crio',
  '/etc/docker',
  '/etc/nri',
  '/etc/nvidia-container-runtime',
  '/opt/nri',
  '/run/cdi',
  '/run/containerd',
  '/run/cri-dockerd.sock',
  '/run/crio',
  '/run/docker.sock',
  '/run/k0s',
  '/run/k3s',
  '/run/nri',
  '/run/nvidia',
  '/run/nvidia-container-devices',
  '/run/nvidia-fabricmanager',
  '/run/podman',
  '/var/lib/k0s/kubelet',
  '/var/lib/kubelet',
  '/var/lib/rancher',
  '/var/snap/microk8s',
];

/** Of the devices those that are certainly no accelerators. Others are: vendors invent names. */
const HARMLESS = [
  '/dev/fuse',
  '/dev/hugepages',
  '/dev/infiniband',
  '/dev/log',
  '/dev/net/tun',
  '/dev/null',
  '/dev/random',
  '/dev/shm',
  '/dev/urandom',
  '/dev/zero',
];

/** A path without the slashes and dots that say nothing, in the spelling of the lists. */
const normalised = (path: string): string =>
  `['/' + ${path}.split('/').filter(s, !(s in ['', '.'])).join('/')].map(p, p == '/var/run' || p.startsWith('/var/run/') ? p.substring(4) : p)`;

/** True for a path that is one of them, is within one, or holds one. */
const guards = `${quoteAll(GUARDED)}.exists(g, p == g || p == '/' || p.startsWith(g + '/') || g.startsWith(p + '/'))`;

const harmless = `${quoteAll(HARMLESS)}.exists(h, p == h || p.startsWith(h + '/'))`;

/** Whether a path of the node is a way to its devices. One that climbs is taken for one. */
export const isWayToDevices = (path: string): string =>
  `(${path}.split('/').exists(s, s == '..') || ${normalised(path)}.exists(p, (${guards}) && !(${harmless})))`;
