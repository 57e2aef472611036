import { AUDIT_TRAIL } from './audit-trail.ts';
import type { Case } from './case.ts';
import { GPU_DEVICE_CLASSES } from './gpu-device-classes.ts';
import { GPU_LIMITS } from './gpu-limits.ts';
import { GPU_NO_BYPASS } from './gpu-no-bypass.ts';
import { GPU_NODE_SELECTOR } from './gpu-node-selector.ts';
import { GPU_RESOURCES } from './gpu-resources.ts';
import { HOST_PATHS } from './host-paths.ts';
import { INFISICAL_FOLDERS } from './infisical-folders.ts';
import { INJECTED_PODS } from './injected.ts';
import { NO_PLAINTEXT_SECRETS } from './no-plaintext-secrets.ts';
import { STORE_ACCESS } from './store-access.ts';
import { TENANCY_GUARD } from './tenancy-guard.ts';
import { OWN_DELIMITERS } from './own-delimiters.ts';
import { VAULT_PATHS } from './vault-paths.ts';

/** Every case, for every engine. */
export const CASES: readonly Case[] = [
  ...GPU_LIMITS,
  ...GPU_RESOURCES,
  ...GPU_DEVICE_CLASSES,
  ...GPU_NODE_SELECTOR,
  ...GPU_NO_BYPASS,
  ...HOST_PATHS,
  ...STORE_ACCESS,
  ...OWN_DELIMITERS,
  ...VAULT_PATHS,
  ...INFISICAL_FOLDERS,
  ...INJECTED_PODS,
  ...TENANCY_GUARD,
  ...NO_PLAINTEXT_SECRETS,
  ...AUDIT_TRAIL,
];
