import { X509Certificate } from 'node:crypto';
import { certificatesIn } from '#platform/certificates.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/gu;

/** The certificates in a PEM text, in their order; none if one of them cannot be read. */
export function certificatesOf(pem: string): readonly X509Certificate[] {
  const sound = certificatesIn(pem) ?? '';
  return (sound.match(CERTIFICATE) ?? []).map((one) => new X509Certificate(one));
}

/** True if the authorities vouch for the first certificate of a chain, by the others in it or at once. */
export function isTrusted(chainPem: string, authorities: readonly X509Certificate[]): boolean {
  const [leaf, ...others] = certificatesOf(chainPem);
  const seen = new Set<X509Certificate>();
  for (let current = leaf; current !== undefined && !seen.has(current);) {
    const certificate = current;
    if (authorities.some((one) => isSame(certificate, one) || isIssued(certificate, one))) return true;
    seen.add(certificate);
    current = others.find((other) => isIssued(certificate, other));
  }
  return false;
}

export const isIssued = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
  issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);

export const isSame = (one: X509Certificate, other: X509Certificate): boolean =>
  one.fingerprint256 === other.fingerprint256;
