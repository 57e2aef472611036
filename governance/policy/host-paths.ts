import { cel, quoteAll } from './cel.ts';

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
  '/sys',
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

/** A path without the slashes and dots that say nothing, in the spelling of the lists; a list of one. */
const normalised = (path: string): string => cel`
  ['/' + ${path}.split('/').filter(s, !(s in ['', '.'])).join('/')]
    .map(p, p == '/var/run' || p.startsWith('/var/run/') ? p.substring(4) : p)
`;

/** Whether a path of the node is one of the guarded, within one, or around one. One that climbs may be anything. */
export const isWayToDevices = (path: string): string => cel`
  (${path}.split('/').exists(s, s == '..') ||
  ${normalised(path)}.exists(p,
    ${quoteAll(GUARDED)}
      .exists(g, p == '/' || p == g || p.startsWith(g + '/') || g.startsWith(p + '/')) &&
    !${quoteAll(HARMLESS)}
      .exists(h, p == h || p.startsWith(h + '/'))))
`;
