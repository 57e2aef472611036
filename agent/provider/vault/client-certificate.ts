import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { ClientCertificate } from '#contract/vault-auth.ts';
import { ProviderError } from '../errors.ts';
import type { Identity } from '../http/transport.ts';

/**
 * What the agent shows the server, read anew for each request: a certificate is replaced before it ends, and one that has
 * ended would shut the agent out until its next login.
 */
export function certificateReader({ certFile, keyFile }: ClientCertificate): () => Promise<Identity> {
  let checked: Identity | undefined;
  const read = async (): Promise<Identity> => {
    const [cert, key] = await Promise.all([readPem(certFile, 'certificate'), readPem(keyFile, 'key')]);
    return { cert, key };
  };
  return async () => {
    const found = await read();
    if (checked?.cert === found.cert && checked.key === found.key) return checked;
    // Both may have been replaced between the two reads. What does not fit would be a fault deep in a connection.
    const next = canBeShown(found) ? found : await read();
    if (next !== found && !canBeShown(next)) throw unsound(certFile, keyFile);
    checked = next;
    return next;
  };
}

function canBeShown(identity: Identity): boolean {
  try {
    createSecureContext(identity);
    return true;
  } catch {
    return false;
  }
}

async function readPem(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    throw new ProviderError(
      'login_refused',
      `Cannot read the client ${what} ${file}: ${String(code)}; mount a Secret of type kubernetes.io/tls there`,
    );
  }
}

const unsound = (certFile: string, keyFile: string): ProviderError =>
  new ProviderError(
    'login_refused',
    `Cannot show the client certificate ${certFile}: it is no PEM, or ${keyFile} is not its key without a passphrase; mount both from one Secret`,
  );
