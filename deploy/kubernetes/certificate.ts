import { X509Certificate } from 'node:crypto';
import { issueLeaf, makeAuthority } from '../../injector/certificate/issue.ts';

/** A server's certificate with the authority that vouches for it, as PEM. */
export interface ServerCertificate {
  /** For clients: what to trust, such as a webhook's `caBundle`. */
  readonly caPem: string;
  readonly certPem: string;
  readonly keyPem: string;
  readonly notAfter: Date;
}

export interface CertificateRequest {
  /** DNS names and IP addresses of the server. */
  readonly names: readonly string[];
  readonly now: Date;
  /** Length of life in days, of the authority too. */
  readonly days: number;
}

const DAY_MS = 86_400_000;

/**
 * Makes an authority and, signed by it, one server certificate (both ECDSA P-256). The authority's key is forgotten at
 * once: to replace the certificate is to make both anew.
 */
export async function makeServerCertificate(request: CertificateRequest): Promise<ServerCertificate> {
  const { names, now, days } = request;
  const life = { now, lifeMs: days * DAY_MS };
  const authority = await makeAuthority(life);
  const { certPem, keyPem } = await issueLeaf({ ...life, names, authority });
  return { caPem: authority.certPem, certPem, keyPem, notAfter: new X509Certificate(certPem).validToDate };
}
