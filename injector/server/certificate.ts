import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Log } from '#platform/log.ts';
import { watchFiles } from '#platform/watch-files.ts';

export interface KeyPairFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** A certificate chain and the key that belongs to it, as PEM. */
export interface KeyPair {
  readonly certPem: string;
  readonly keyPem: string;
  readonly notAfter: Date;
}

/** The files hold no usable key pair. The message names them and says nothing of the key. */
export class KeyPairError extends Error {
  override readonly name = 'KeyPairError';
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new KeyPairError(`Cannot read ${file}: ${code}`);
  }
}

function decode<T>(file: string, what: string, make: () => T): T {
  try {
    return make();
  } catch {
    // The reason is OpenSSL's, and nothing says that it holds none of the key.
    throw new KeyPairError(`Cannot use ${file}: it holds no ${what} in PEM form`);
  }
}

/** @throws {KeyPairError} If either file cannot be read or parsed, or they do not belong together. */
export async function loadKeyPair({ certFile, keyFile }: KeyPairFiles): Promise<KeyPair> {
  // One after the other, so that the same fault has the same name.
  const certPem = await read(certFile);
  const keyPem = await read(keyFile);
  const certificate = decode(certFile, 'certificate', () => new X509Certificate(certPem));
  const key = decode(keyFile, 'private key', () => createPrivateKey(keyPem));
  if (!certificate.checkPrivateKey(key))
    throw new KeyPairError(`Cannot use ${keyFile}: it is not the key of ${certFile}`);
  return { certPem, keyPem, notAfter: certificate.validToDate };
}

export interface KeyPairWatch {
  readonly files: KeyPairFiles;
  readonly current: KeyPair;
  readonly log: Log;
  readonly replaced: (keyPair: KeyPair) => void;
}

/**
 * Calls `replaced` with each new pair that the files come to hold; a broken one is logged and the old one stays.
 *
 * @returns How to stop.
 */
export async function watchKeyPair(watch: KeyPairWatch): Promise<() => Promise<void>> {
  const { files, log } = watch;
  let { current } = watch;
  const reload = async (): Promise<void> => {
    const next = await loadKeyPair(files);
    if (next.certPem === current.certPem && next.keyPem === current.keyPem) return;
    watch.replaced(next);
    current = next;
    log.info({ not_after: next.notAfter }, 'Replaced the certificate');
  };
  const failed = (error: unknown): void => {
    const reason = error instanceof KeyPairError ? error.message : 'OpenSSL refuses it';
    log.error({ reason }, 'Kept the old certificate: the new one cannot be used');
  };
  return await watchFiles({
    files: [files.certFile, files.keyFile],
    changed: () => void reload().catch(failed),
    failed: (reason) => log.error({ reason }, 'Cannot watch the certificate: restart after replacing it'),
  });
}
