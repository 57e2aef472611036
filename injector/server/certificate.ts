import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Log } from '#platform/log.ts';

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

/** Long enough for both files to be written, and for the kubelet to have swapped its symlink. */
const SETTLE_MS = 200;

/**
 * Calls `replaced` with each new pair that the files come to hold; a broken one is logged and the old one stays. The
 * directories are watched rather than the files, for a Secret volume changes by the swap of a symlink beside them.
 *
 * @returns How to stop.
 */
export async function watchKeyPair(watch: KeyPairWatch): Promise<() => Promise<void>> {
  const { files, log } = watch;
  let { current } = watch;
  let settling: NodeJS.Timeout | undefined;
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
  const changed = (): void => {
    clearTimeout(settling);
    settling = setTimeout(() => void reload().catch(failed), SETTLE_MS);
  };
  // Loaded here, for only this needs it.
  const chokidar = await import('chokidar');
  const directories = [...new Set([dirname(files.certFile), dirname(files.keyFile)])];
  const watcher = chokidar.watch(directories, { depth: 0, ignoreInitial: true });
  watcher.on('all', changed).on('raw', changed);
  watcher.on('error', (error) =>
    log.error({ reason: String(error) }, 'Cannot watch the certificate: restart after replacing it'),
  );
  await new Promise<void>((resolve) => {
    watcher.once('ready', () => resolve());
  });
  // What came between the first reading and now.
  changed();
  return async () => {
    clearTimeout(settling);
    await watcher.close();
  };
}
