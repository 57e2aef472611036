import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

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
/** Clocks of clients may be behind. */
const BACKDATE_MS = 300_000;
const KEY = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' };

x509.cryptoProvider.set(webcrypto);

function keyPair(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
}

function alternativeNames(names: readonly string[]): x509.SubjectAlternativeNameExtension {
  return new x509.SubjectAlternativeNameExtension(
    names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value })),
  );
}

interface Life {
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly signingAlgorithm: typeof SIGNING;
}

async function makeAuthority(life: Life, keys: webcrypto.CryptoKeyPair): Promise<x509.X509Certificate> {
  return await x509.X509CertificateGenerator.createSelfSigned({
    ...life,
    name: 'CN=Sidekey authority',
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
}

/**
 * Makes an authority and, signed by it, one server certificate (both ECDSA P-256). The authority's key is forgotten at
 * once: to replace the certificate is to make both anew.
 */
export async function makeServerCertificate(request: CertificateRequest): Promise<ServerCertificate> {
  const { names, now, days } = request;
  const life: Life = {
    notBefore: new Date(now.getTime() - BACKDATE_MS),
    notAfter: new Date(now.getTime() + days * DAY_MS),
    signingAlgorithm: SIGNING,
  };
  const authorityKeys = await keyPair();
  const authority = await makeAuthority(life, authorityKeys);
  const keys = await keyPair();
  const leaf = await x509.X509CertificateGenerator.create({
    ...life,
    subject: 'CN=Sidekey server',
    issuer: authority.subject,
    publicKey: keys.publicKey,
    signingKey: authorityKeys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      alternativeNames(names),
      await x509.AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    caPem: `${authority.toString('pem')}\n`,
    certPem: `${leaf.toString('pem')}\n`,
    keyPem: `${x509.PemConverter.encode(key, 'PRIVATE KEY')}\n`,
    notAfter: leaf.notAfter,
  };
}
