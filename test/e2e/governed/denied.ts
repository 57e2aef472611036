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
    /vault.hashicorp.com\/role: is "team-b"; allowed in this namespace: "team-a"/u,
  ],
  [
    'read what is team-b’s',
    { path: 'secret/data/team-b/api-key' },
    /reads "secret\/data\/team-b\/api-key"; allowed in this namespace, .*: vault:secret\/data\/team-a/u,
  ],
  ['start in team-b’s namespace', { namespace: 'team-b' }, /pods is forbidden: User "team-a-developer"/u],
  [
    'start in a namespace of nobody',
    { namespace: 'default', serviceAccount: 'default' },
    /pods is forbidden: User "team-a-developer"/u,
  ],
];
