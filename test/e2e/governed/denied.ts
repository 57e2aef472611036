import type { Wish } from './pods.ts';

/** What team-a cannot do, what it would have to ask for, and what it is told. */
export const DENIED: readonly (readonly [string, Wish, RegExp])[] = [
  [
    'start a full GPU',
    { resource: 'nvidia.com/gpu' },
    /may not use: model-server -> nvidia.com\/gpu\. Allowed here: nvidia.com\/mig-3g.40gb/u,
  ],
  [
    'start another profile',
    { resource: 'nvidia.com/mig-1g.10gb' },
    /may not use: model-server -> nvidia.com\/mig-1g.10gb/u,
  ],
  ['go to whatever node', { nodeSelector: {} }, /nodeSelector is without gpu-type=h100-mig/u],
  [
    'log in as team-b',
    { role: 'team-b' },
    /may not log in to Vault with: vault.hashicorp.com\/role: team-b \(allowed here: team-a/u,
  ],
  [
    'read what is team-b’s',
    { path: 'secret/data/team-b/api-key' },
    /may not read of Vault: .*secret\/data\/team-b\/api-key/u,
  ],
  ['start in team-b’s namespace', { namespace: 'team-b' }, /pods is forbidden: User "team-a-developer"/u],
  [
    'start in a namespace of nobody',
    { namespace: 'default', serviceAccount: 'default' },
    /pods is forbidden: User "team-a-developer"/u,
  ],
];
