import { auditTrail } from './audit-trail.ts';
import { GPU_DEVICE_CLASSES } from './gpu-device-classes.ts';
import { gpuLimits } from './gpu-limits.ts';
import { GPU_NO_BYPASS } from './gpu-no-bypass.ts';
import { GPU_NODE_SELECTOR } from './gpu-node-selector.ts';
import { gpuResources } from './gpu-resources.ts';
import { INJECTED } from './injected.ts';
import { NO_PLAINTEXT_SECRETS } from './no-plaintext-secrets.ts';
import type { Policy } from './policy.ts';
import type { PolicySettings } from './settings.ts';
import { STORE_ACCESS } from './store-access.ts';
import { tenancyGuard } from './tenancy-guard.ts';

/** All policies of a platform, in the order in which people read them. */
export const policies = (settings: PolicySettings): readonly Policy[] => [
  gpuLimits(settings),
  gpuResources(settings),
  GPU_DEVICE_CLASSES,
  GPU_NODE_SELECTOR,
  GPU_NO_BYPASS,
  STORE_ACCESS,
  INJECTED,
  tenancyGuard(settings),
  NO_PLAINTEXT_SECRETS,
  auditTrail(settings),
];
