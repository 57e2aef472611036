import type { AgentConfig } from '#contract/agent-config.ts';
import type { Clock } from '#platform/clock.ts';
import { createPauses } from './http/pauses.ts';
import type { Keepsake } from './keepsake.ts';
import type { Provider, Providers, StoreName } from './provider.ts';
import { createVaultProvider } from './vault/provider.ts';

/** A provider for each store of the configuration. Without a keepsake, what can be read only once is lost with the process. */
export async function createProviders(
  { vault, infisical }: Pick<AgentConfig, 'vault' | 'infisical'>,
  clock: Clock,
  keepsake?: Keepsake,
): Promise<Providers> {
  const pauses = createPauses();
  const providers = new Map<StoreName, Provider>();
  if (vault) providers.set('vault', createVaultProvider(vault, { clock, ...(keepsake && { keepsake }) }));
  if (infisical) {
    const { createInfisicalProvider } = await import('./infisical/provider.ts');
    providers.set('infisical', createInfisicalProvider(infisical, { clock, pauses }));
  }
  return providers;
}
