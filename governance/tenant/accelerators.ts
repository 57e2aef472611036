/**
 * Profiles of the cards that MIG is known of: what quotas set to zero, and what a tenant can be allowed. Cards come faster than
 * releases, so a platform can name more.
 */
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

/** Of everything else that plugins for devices offer, by domain. */
const NAMES: Readonly<Record<string, string>> = {
  'amd.com': 'gpu',
  'aws.amazon.com': 'neuron neuroncore neurondevice',
  'cambricon.com': 'mlu vmlu',
  'google.com': 'tpu',
  'gpu.intel.com': 'i915 xe',
  'habana.ai': 'gaudi',
  'huawei.com': 'Ascend310 Ascend310P Ascend910 Ascend910B',
  'metax-tech.com': 'gpu sgpu',
  'nvidia.com': 'gpumem gpumem-percentage gpucores pgpu',
};

const SLICES = Object.values(PROFILES).flatMap((profiles) =>
  profiles.split(' ').map((profile) => `nvidia.com/mig-${profile}`),
);

const OTHERS = Object.entries(NAMES).flatMap(([domain, names]) =>
  names.split(' ').map((name) => `${domain}/${name}`),
);

/** With what time-slicing makes of a name. */
const withShared = (name: string): readonly string[] => [name, `${name}.shared`];

/** Names that quotas set to zero unless a tenant is allowed them: a quota has no wildcard. */
export const KNOWN_ACCELERATORS: readonly string[] = [
  ...new Set([...['nvidia.com/gpu', ...SLICES].flatMap(withShared), ...OTHERS]),
].toSorted();

/** Classes that NVIDIA's driver for dynamic resource allocation brings along. */
export const KNOWN_DEVICE_CLASSES: readonly string[] = [
  'compute-domain-daemon.nvidia.com',
  'compute-domain-default-channel.nvidia.com',
  'gpu.nvidia.com',
  'mig.nvidia.com',
  'vfio.gpu.nvidia.com',
];

/** A card has seven slices, and at least a gigabyte for each. */
const PROFILE = /^nvidia\.com\/mig-[1-7]g\.[1-9]\d*gb(?:\.me(?:\.all)?|\.gfx|-me)?(?:\.shared)?$/u;

export const MIG_FORM = 'nvidia.com/mig-<slices>g.<memory>gb, such as nvidia.com/mig-3g.40gb';

/** True for a name that a slice can have, whether or not there is such a card. */
export const isMigProfile = (resource: string): boolean => PROFILE.test(resource);

/** True for what somebody wrote who meant a slice, however it is spelt. */
export const meansMig = (resource: string): boolean => /^nvidia\.com\/(?:mig|\d+g)(?![a-z])/iu.test(resource);
