/** What a platform decides about all policies at once. */
export interface PolicySettings {
  /** Namespaces of the platform itself, whose objects no policy looks at. */
  readonly exemptNamespaces: readonly string[];
  /** Groups and users that may change what a namespace is allowed. */
  readonly platformGroups: readonly string[];
  readonly platformUsers: readonly string[];
  /** What comes before the slash in the name of a resource that is an accelerator. */
  readonly acceleratorDomains: readonly string[];
}

/** Limits under this domain are DeviceClasses: `deviceclass.resource.kubernetes.io/<class>` needs no ResourceClaim. */
export const DEVICE_CLASS_DOMAIN = 'deviceclass.resource.kubernetes.io';

export const DEFAULT_SETTINGS: PolicySettings = {
  exemptNamespaces: ['kube-system', 'gpu-operator', 'sidekey'],
  platformGroups: ['system:masters', 'sidekey:platform'],
  platformUsers: [],
  acceleratorDomains: [
    'nvidia.com',
    'amd.com',
    'gpu.intel.com',
    'habana.ai',
    'google.com',
    'aws.amazon.com',
    'huawei.com',
    'cambricon.com',
    'metax-tech.com',
    DEVICE_CLASS_DOMAIN,
  ],
};
