import { writeFileSync } from 'node:fs';
import { createPauses } from '../../../agent/provider/http/pauses.ts';
import { createInfisicalProvider } from '../../../agent/provider/infisical/provider.ts';
import { readErrand } from './errand.ts';

const { address, clientId, clientSecret, clientSecretFile, projectId, use } = readErrand();

/** Loads the agent's own provider and, if it is asked to, logs in and reads a folder. */
async function main(): Promise<void> {
  writeFileSync(clientSecretFile, clientSecret);
  const clock = { now: () => Date.now(), sleep: () => Promise.resolve() };
  const provider = createInfisicalProvider(
    { address, auth: { method: 'universal', clientId, clientSecretFile }, timeoutMs: 5000 },
    { clock, pauses: createPauses() },
  );
  const { signal } = new AbortController();
  if (use) {
    const session = await provider.login(signal);
    const path = `${projectId}/dev`;
    await session.read({ store: 'infisical', operation: 'list', path, parameters: {} }, signal);
  }
  process.stdout.write(String(process.memoryUsage.rss()));
}

void main().then(() => process.exit(0));
