import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../test/servers/port.ts';
import { makeServerCertificate } from '../kubernetes/certificate.ts';
import type { Webhook } from './admission.ts';
import { untilReady } from './ask.ts';
import { INJECTOR_BUNDLE } from './bundles.ts';
import type { Crew } from './crew.ts';

const DAYS = 1;

/** Starts the injector as its Deployment would, with a certificate made on the spot, and waits until it is ready. */
export async function startInjector(
  vaultAddress: string,
  directory: string,
  crew: Crew,
  signal: AbortSignal,
): Promise<Webhook> {
  const certificate = await makeServerCertificate({ names: ['127.0.0.1'], now: new Date(), days: DAYS });
  const certFile = join(directory, 'injector.crt');
  const keyFile = join(directory, 'injector.key');
  await writeFile(certFile, certificate.certPem);
  await writeFile(keyFile, certificate.keyPem, { mode: 0o600 });
  const [port, adminPort] = [await freePort(), await freePort()];
  await crew.start('the injector', {
    argv: [process.execPath, INJECTOR_BUNDLE],
    env: {
      // There is no API server here.
      SIDEKEY_STANDALONE: 'true',
      SIDEKEY_LISTEN: `127.0.0.1:${port}`,
      SIDEKEY_ADMIN_PORT: `${adminPort}`,
      SIDEKEY_TLS_CERT_FILE: certFile,
      SIDEKEY_TLS_KEY_FILE: keyFile,
      SIDEKEY_AGENT_IMAGE: 'sidekey-agent:demo',
      SIDEKEY_VAULT_ADDRESS: vaultAddress,
      SIDEKEY_NAMESPACE: 'sidekey',
      SIDEKEY_POLL: '1s',
      // No Service sends anything here that would have to be taken until it stops.
      SIDEKEY_DRAIN_DELAY: '0s',
    },
  });
  await untilReady('the injector', `http://127.0.0.1:${adminPort}/readyz`, signal);
  return { url: `https://127.0.0.1:${port}/mutate`, caPem: certificate.caPem };
}
