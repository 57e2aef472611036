import type { PatchedPod } from './patch-webhook.ts';

const VAULT = 'vault.hashicorp.com/';
const STATUS = `${VAULT}agent-inject-status`;
const MEMORY = { emptyDir: { medium: 'Memory' } };
const SECRETS = { name: 'vault-secrets', mountPath: '/vault/secrets' };

/**
 * What the Vault Agent Injector 1.7 does to a pod: nothing unless it asks with the drop-in annotations, nor if it is said to be
 * injected already; else an init container and a sidecar, three volumes, and a mount in every container.
 */
export function patchOfVault({ metadata, spec }: PatchedPod): readonly object[] {
  const { annotations = {} } = metadata;
  if (annotations[`${VAULT}agent-inject`] !== 'true' || annotations[STATUS] === 'injected') return [];
  const add = (path: string, value: unknown): object => ({ op: 'add', path, value });
  const { initContainers = [], volumes = [] } = spec;
  const mounted = <T extends Mounting>(container: T): T => ({
    ...container,
    volumeMounts: [...(container.volumeMounts ?? []), SECRETS],
  });
  const agent = (name: string, home: string): object => ({
    name,
    image: 'hashicorp/vault:2.0.4',
    command: ['/bin/sh', '-ec'],
    volumeMounts: [{ name: home, mountPath: '/vault/home' }, SECRETS],
  });
  const homes = ['home-init', 'home-sidecar', SECRETS.name].map((name) => ({ name, ...MEMORY }));
  return [
    add('/spec/volumes', [...volumes, ...homes]),
    add('/spec/initContainers', [...initContainers.map(mounted), agent('vault-agent-init', 'home-init')]),
    add('/spec/containers', [...spec.containers.map(mounted), agent('vault-agent', 'home-sidecar')]),
    add(`/metadata/annotations/${STATUS.replace('/', '~1')}`, 'injected'),
  ];
}

interface Mounting {
  readonly volumeMounts?: readonly object[];
}
