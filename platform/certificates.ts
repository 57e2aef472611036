import { X509Certificate } from 'node:crypto';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/gu;

/**
 * The certificates in a PEM text, and nothing else that may stand there, such as a key: the result goes into pods.
 * Undefined if there is none, or one that cannot be read.
 */
export function certificatesIn(pem: string): string | undefined {
  const found = pem.match(CERTIFICATE) ?? [];
  return found.length > 0 && found.every(isCertificate) ? `${found.join('\n')}\n` : undefined;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
