/** Names on a Namespace by which policies know what its pods may have. All lists are separated by commas. */

export const TENANT_LABEL = 'sidekey.dev/tenant';

/** `audit`: policies warn and record. Anything else, and no label at all: they deny. */
export const ENFORCEMENT_LABEL = 'sidekey.dev/enforcement';

/** `true`: every pod has to carry a limit of an accelerator. */
export const GPU_REQUIRED_LABEL = 'sidekey.dev/gpu-required';

/** Who answers for the namespace: for people and the audit report. */
export const OWNER_KEY = 'sidekey.dev/owner';

/** Names of accelerators; a `*` at the end stands for whatever follows. */
export const GPU_RESOURCES_KEY = 'sidekey.dev/gpu-resources';

/** DeviceClasses of dynamic resource allocation. */
export const DEVICE_CLASSES_KEY = 'sidekey.dev/device-classes';

/** `key=value`, what pods with a MIG slice have to say in their node selector. */
export const GPU_NODE_SELECTOR_KEY = 'sidekey.dev/gpu-node-selector';

/** How the nodes name their slices: `mixed` (default) as `nvidia.com/mig-*`, `single` as `nvidia.com/gpu`. */
export const MIG_STRATEGY_KEY = 'sidekey.dev/mig-strategy';
