import { InfisicalSDK } from '@infisical/sdk';
import { readErrand } from './errand.ts';

const { address, clientId, clientSecret, projectId, use } = readErrand();

/** Loads Infisical's SDK and, if it is asked to, logs in and reads a folder. */
async function main(): Promise<void> {
  const sdk = new InfisicalSDK({ siteUrl: address });
  if (use) {
    await sdk.auth().universalAuth.login({ clientId, clientSecret });
    await sdk.secrets().listSecrets({ projectId, environment: 'dev', includeImports: true });
  }
  process.stdout.write(String(process.memoryUsage.rss()));
}

void main().then(() => process.exit(0));
