/**
 * Accelerators, as plugins and drivers for devices offer them to pods: the one place where their names are known. Names come faster than
 * releases, so what is not listed is told by its form.
 */

/** What a pod can ask for. The names are those of metrics and explanations. */
export type AcceleratorKind =
  | 'nvidia-gpu'
  | 'nvidia-mig'
  | 'nvidia-shared'
  | 'nvidia-vgpu'
  | 'amd'
  | 'intel'
  | 'intel-npu'
  | 'gaudi'
  | 'tpu'
  | 'neuron'
  | 'ascend'
  | 'cambricon'
  | 'metax'
  | 'qualcomm'
  | 'dra';

/** What is offered under one domain. */
interface Offer {
  readonly kind: AcceleratorKind;
  /** For people. */
  readonly title: string;
  /** What comes before the slash. */
  readonly domain: string;
  /** What comes after it, as far as it is known: what quotas set to zero. */
  readonly names: readonly string[];
  /** Of a name without the domain, known or not. */
  readonly form: RegExp;
}

/** Limits under this domain are DeviceClasses: `deviceclass.resource.kubernetes.io/<class>` needs no ResourceClaim. */
export const DEVICE_CLASS_DOMAIN = 'deviceclass.resource.kubernetes.io';

export const NVIDIA_DOMAIN = 'nvidia.com';

/** Profiles of the cards that MIG is known of. */
const PROFILES: Readonly<Record<string, string>> = {
  A30: '1g.6gb 1g.6gb.me 2g.12gb 2g.12gb.me 4g.24gb',
  'A100 and A800, 40 GB': '1g.5gb 1g.5gb.me 1g.10gb 2g.10gb 3g.20gb 4g.20gb 7g.40gb',
  'A100, A800, H100 and H800, 80 GB': '1g.10gb 1g.10gb.me 1g.20gb 2g.20gb 3g.40gb 4g.40gb 7g.80gb',
  'H100 and H800, 94 GB': '1g.12gb 1g.12gb.me 1g.24gb 2g.24gb 3g.47gb 4g.47gb 7g.94gb',
  'H100 and GH200, 96 GB': '1g.12gb 1g.12gb.me 1g.24gb 2g.24gb 3g.48gb 4g.48gb 7g.96gb',
  H200: '1g.18gb 1g.18gb.me 1g.35gb 2g.35gb 3g.71gb 4g.71gb 7g.141gb',
  'GH200, 144 GB': '1g.18gb 1g.18gb.me 1g.36gb 2g.36gb 3g.72gb 4g.72gb 7g.144gb',
  B200: '1g.23gb 1g.23gb.me 1g.45gb 2g.45gb 3g.90gb 4g.90gb 7g.180gb',
  GB200: '1g.23gb 1g.23gb.me 1g.47gb 2g.47gb 3g.93gb 3g.95gb 7g.186gb 7g.189gb',
  B300: '1g.34gb 1g.34gb.me 1g.67gb 2g.67gb 3g.135gb 7g.269gb',
  GB300: '1g.35gb 1g.35gb.me 1g.70gb 2g.70gb 3g.139gb 7g.278gb',
  'RTX PRO 6000':
    '1g.24gb 1g.24gb.me 1g.24gb.me.all 1g.24gb.gfx 1g.24gb-me 2g.48gb 2g.48gb.gfx 2g.48gb.me.all 2g.48gb-me 4g.96gb 4g.96gb.gfx',
};

const SLICES = Object.values(PROFILES).flatMap((profiles) =>
  profiles.split(' ').map((profile) => `mig-${profile}`),
);

/** What an AMD GPU is split into, where the plugin tells partitions apart: how its dies are shared out, and how its memory is. */
const PARTITIONS = ['spx', 'dpx', 'tpx', 'qpx', 'cpx'].flatMap((dies) =>
  ['nps1', 'nps2', 'nps4'].map((memory) => `${dies}_${memory}`),
);

/** What time-slicing makes of a name. */
const shared = (name: string): string => `${name}.shared`;

const SHARE = 'a share of an NVIDIA GPU, without memory of its own';

/** The first whose form a name has counts. */
const OFFERS: readonly Offer[] = [
  {
    kind: 'nvidia-shared',
    title: SHARE,
    domain: NVIDIA_DOMAIN,
    names: [...['gpu', ...SLICES].map(shared), 'gpumem', 'gpumem-percentage', 'gpucores'],
    form: /\.shared$|^gpumem(?:-percentage)?$|^gpucores$/u,
  },
  {
    kind: 'nvidia-shared',
    title: SHARE,
    domain: 'volcano.sh',
    names: ['vgpu-number', 'vgpu-memory', 'vgpu-memory-percentage', 'vgpu-cores'],
    form: /^vgpu-/u,
  },
  {
    kind: 'nvidia-mig',
    title: 'a MIG slice of an NVIDIA GPU',
    domain: NVIDIA_DOMAIN,
    names: SLICES,
    form: /^mig-/u,
  },
  {
    kind: 'nvidia-gpu',
    title: 'an NVIDIA GPU, or a slice where the node calls it one',
    domain: NVIDIA_DOMAIN,
    names: ['gpu'],
    form: /^gpu$/u,
  },
  {
    kind: 'nvidia-vgpu',
    title: 'an NVIDIA GPU for a virtual machine, whole or a vGPU of it',
    domain: NVIDIA_DOMAIN,
    names: ['pgpu'],
    form: /^pgpu$|^[A-Z]/u,
  },
  {
    kind: 'amd',
    title: 'an AMD GPU, or a partition of one',
    domain: 'amd.com',
    names: ['gpu', ...PARTITIONS],
    form: /^/u,
  },
  {
    kind: 'intel',
    title: 'an Intel GPU',
    domain: 'gpu.intel.com',
    // Whoever may monitor sees all GPUs of the node.
    names: ['i915', 'xe', 'monitoring', 'i915_monitoring', 'xe_monitoring'],
    form: /^/u,
  },
  { kind: 'intel-npu', title: 'an Intel NPU', domain: 'npu.intel.com', names: ['accel'], form: /^/u },
  { kind: 'gaudi', title: 'an Intel Gaudi', domain: 'habana.ai', names: ['gaudi'], form: /^/u },
  { kind: 'tpu', title: 'a Google TPU', domain: 'google.com', names: ['tpu'], form: /^tpu/u },
  {
    kind: 'neuron',
    title: 'an AWS Neuron device or core',
    domain: 'aws.amazon.com',
    names: ['neuron', 'neuroncore', 'neurondevice'],
    form: /^neuron/u,
  },
  {
    kind: 'ascend',
    title: 'a Huawei Ascend',
    domain: 'huawei.com',
    names: ['Ascend310', 'Ascend310P', 'Ascend910', 'Ascend910B'],
    form: /^ascend/iu,
  },
  {
    kind: 'cambricon',
    title: 'a Cambricon MLU',
    domain: 'cambricon.com',
    names: ['mlu', 'vmlu'],
    form: /^/u,
  },
  { kind: 'metax', title: 'a MetaX GPU', domain: 'metax-tech.com', names: ['gpu', 'sgpu'], form: /^/u },
  { kind: 'qualcomm', title: 'a Qualcomm Cloud AI', domain: 'qualcomm.com', names: ['qaic'], form: /^qaic/u },
  {
    kind: 'dra',
    title: 'a device by dynamic resource allocation',
    domain: DEVICE_CLASS_DOMAIN,
    names: [],
    form: /^/u,
  },
];

/** The domains of all of them, each once. */
export const ACCELERATOR_DOMAINS: readonly string[] = [...new Set(OFFERS.map(({ domain }) => domain))];

/** Names in full that quotas set to zero unless a tenant is allowed them: a quota has no wildcard. */
export const KNOWN_ACCELERATORS: readonly string[] = [
  ...new Set(OFFERS.flatMap(({ domain, names }) => names.map((name) => `${domain}/${name}`))),
].toSorted();

/** Classes that drivers for dynamic resource allocation bring along. */
export const KNOWN_DEVICE_CLASSES: readonly string[] = [
  'compute-domain-daemon.nvidia.com',
  'compute-domain-default-channel.nvidia.com',
  'gaudi.intel.com',
  'gpu.amd.com',
  'gpu.intel.com',
  'gpu.nvidia.com',
  'mig.nvidia.com',
  'neuron.aws.com',
  'tpu.google.com',
  'vfio.gpu.nvidia.com',
];

/** All kinds, each with what to call it before people. */
export const ACCELERATOR_TITLES: ReadonlyMap<AcceleratorKind, string> = new Map(
  OFFERS.map(({ kind, title }) => [kind, title]),
);

/** What a resource is, by its name in full; undefined if it is no accelerator. */
export function acceleratorKind(resource: string): AcceleratorKind | undefined {
  const slash = resource.indexOf('/');
  const [domain, name] = [resource.slice(0, slash), resource.slice(slash + 1)];
  return OFFERS.find((offer) => offer.domain === domain && offer.form.test(name))?.kind;
}

/** A card has seven slices, and at least a gigabyte for each. */
const PROFILE = /^nvidia\.com\/mig-[1-7]g\.[1-9]\d*gb(?:\.me(?:\.all)?|\.gfx|-me)?(?:\.shared)?$/u;

export const MIG_FORM = `${NVIDIA_DOMAIN}/mig-<slices>g.<memory>gb, such as ${NVIDIA_DOMAIN}/mig-3g.40gb`;

/** True for a name that a slice can have, whether or not there is such a card. */
export const isMigProfile = (resource: string): boolean => PROFILE.test(resource);

/** True for what somebody wrote who meant a slice, however it is spelt. */
export const meansMig = (resource: string): boolean => /^nvidia\.com\/(?:mig|\d+g)(?![a-z])/iu.test(resource);
