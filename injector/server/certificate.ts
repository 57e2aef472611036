import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Clock } from '#platform/clock.ts';
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
class KeyPairError extends Error {
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

/**
 * @param now Milliseconds since the epoch. What begins later is taken: clocks differ by a little, and nobody looks again.
 * @throws {KeyPairError} If either file cannot be read or parsed, they do not belong together, or their time is over.
 */
export async function loadKeyPair({ certFile, keyFile }: KeyPairFiles, now: number): Promise<KeyPair> {
  // One after the other, so that the same fault has the same name.
  const certPem = await read(certFile);
  const keyPem = await read(keyFile);
  const certificate = decode(certFile, 'certificate', () => new X509Certificate(certPem));
  const key = decode(keyFile, 'private key without a passphrase', () => createPrivateKey(keyPem));
  if (!certificate.checkPrivateKey(key))
    throw new KeyPairError(
      `Cannot use ${keyFile}: it is not the key of ${certFile}, where the server's own certificate has to be the first`,
    );
  const notAfter = certificate.validToDate;
  if (notAfter.getTime() <= now)
    throw new KeyPairError(
      `Cannot use ${certFile}: no API server trusts it since ${notAfter.toISOString()}, when it ended`,
    );
  return { certPem, keyPem, notAfter };
}

export interface KeyPairSource {
  readonly files: KeyPairFiles;
  readonly clock: Clock;
  readonly log: Log;
  readonly stop: AbortSignal;
  readonly offered: (pair: KeyPair) => void;
  /** Told why there is none yet. */
  readonly waits: (reason: string) => void;
  /** Told of each look at the files whether they are of use. */
  readonly loaded: (isGood: boolean) => void;
}

/** How long a certificate that is not there is waited for before it is looked for again. */
const RETRY_MS = 1000;

/**
 * Offers the pair of the files, once it is there and whole (it may come after the process), and each that follows.
 *
 * @returns How to stop.
 * @throws {unknown} The signal's reason, if it is aborted before there is one.
 */
export async function offerKeyPairs(source: KeyPairSource): Promise<() => Promise<void>> {
  const current = await awaitKeyPair(source);
  source.loaded(true);
  source.offered(current);
  return await watchKeyPair({ ...source, current, replaced: source.offered });
}

async function awaitKeyPair({ files, clock, log, stop, ...source }: KeyPairSource): Promise<KeyPair> {
  let last = '';
  for (;;) {
    try {
      return await loadKeyPair(files, clock.now());
    } catch (error) {
      if (!(error instanceof KeyPairError)) throw error;
      if (last !== error.message) log.warn({ reason: error.message }, 'Waiting for the certificate');
      last = error.message;
      source.waits(last);
    }
    await clock.sleep(RETRY_MS, stop);
  }
}

export interface KeyPairWatch {
  readonly files: KeyPairFiles;
  readonly clock: Pick<Clock, 'now'>;
  readonly current: KeyPair;
  readonly log: Log;
  readonly replaced: (keyPair: KeyPair) => void;
  readonly loaded?: (isGood: boolean) => void;
}

/**
 * Calls `replaced` with each new pair that the files come to hold; a broken one is logged and the old one stays.
 *
 * @returns How to stop.
 */
export async function watchKeyPair(watch: KeyPairWatch): Promise<() => Promise<void>> {
  const { files, clock, log } = watch;
  let { current } = watch;
  const reload = async (): Promise<void> => {
    const next = await loadKeyPair(files, clock.now());
    watch.loaded?.(true);
    if (next.certPem === current.certPem && next.keyPem === current.keyPem) return;
    watch.replaced(next);
    current = next;
    log.info({ not_after: next.notAfter }, 'Found a new certificate');
  };
  const failed = (error: unknown): void => {
    const reason = error instanceof KeyPairError ? error.message : 'OpenSSL refuses it';
    watch.loaded?.(false);
    log.error({ reason }, 'Kept the old certificate: the new one cannot be used');
  };
  return await watchFiles({
    files: [files.certFile, files.keyFile],
    changed: () => void reload().catch(failed),
    failed: (reason) => log.error({ reason }, 'Cannot watch the certificate: restart after replacing it'),
  });
}
