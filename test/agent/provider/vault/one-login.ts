/** Logs in at the address and with the token file of its arguments, and prints what came of it. */
import { systemClock } from '#platform/clock.ts';
import { ProviderError } from '../../../../agent/provider/errors.ts';
import { createVaultProvider } from '../../../../agent/provider/vault/provider.ts';
import { storeAt } from '../http/faulty-server.ts';

const [address = '', tokenFile = ''] = process.argv.slice(2);
const auth = { method: 'kubernetes', path: 'auth/kubernetes', role: 'ml', tokenFile } as const;
const provider = createVaultProvider(storeAt(address, { auth }), { clock: systemClock });
const outcome = await provider.login(new AbortController().signal).then(
  () => 'logged in',
  (error: unknown) => (error instanceof ProviderError ? error.code : String(error)),
);
process.stdout.write(`${outcome}\n`);
