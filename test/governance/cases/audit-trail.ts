import { askingVault, asking, FOREIGN_PATH, OWN_PATH } from './asking.ts';
import type { Case } from './case.ts';
import { allows, by, creates, ON_SLICES, pod, SLICE } from './objects.ts';

/** `sidekey-audit-trail` notes what a pod has and gets, and never stands in its way. */
export const AUDIT_TRAIL: readonly Case[] = [
  ...allows({
    'a pod of which there is nothing to note': pod({ namespace: 'plain' }),
    'a pod of which there is an accelerator to note': pod({
      limits: { ...SLICE, 'nvidia.com/gpu': '0' },
      spec: ON_SLICES,
    }),
    'a pod of an exempt namespace of which everything is to note': pod({
      namespace: 'kube-system',
      limits: { 'nvidia.com/gpu': 8 },
      annotations: {
        ...askingVault(OWN_PATH),
        ...asking({ 'vault-role': 'team-a', 'secret.token': 'infisical:ml/prod/serving#K' }),
      },
    }),
  }),
  creates(
    'a pod that others refuse and that is noted all the same',
    pod({ namespace: 'plain', limits: { 'nvidia.com/gpu': 8 }, annotations: askingVault(FOREIGN_PATH) }),
    by('sidekey-gpu-resources')('nvidia.com/gpu'),
    by('sidekey-store-access')(/role|secret\/data\/team-b/u),
    by('sidekey-injected')('agent-inject'),
  ),
];
