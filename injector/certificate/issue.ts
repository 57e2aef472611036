import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';
import { BACKDATE_MS } from './life.ts';

/** A certificate and its key, as PEM. */
export interface Issued {
  readonly certPem: string;
  readonly keyPem: string;
}

export interface AuthorityRequest {
  readonly now: Date;
  readonly lifeMs: number;
}

export interface LeafRequest extends AuthorityRequest {
  /** DNS names and IP addresses of the server. */
  readonly names: readonly string[];
  readonly authority: Issued;
}

const KEY = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' };

x509.cryptoProvider.set(webcrypto);

/** Makes an authority that may sign servers' certificates and no other authority (ECDSA P-256). */
export async function makeAuthority(request: AuthorityRequest): Promise<Issued> {
  const keys = await keyPair();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...life(request),
    // Two authorities of one name and with different keys would be taken for each other.
    name: `CN=Sidekey authority ${webcrypto.randomUUID()}`,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return await issued(certificate, keys.privateKey);
}

/** Makes a server's certificate (ECDSA P-256), which ends with its authority at the latest. */
export async function issueLeaf({ names, authority, ...request }: LeafRequest): Promise<Issued> {
  const issuer = new x509.X509Certificate(authority.certPem);
  const signingKey = await importKey(authority.keyPem);
  const keys = await keyPair();
  const { notAfter, ...begin } = life(request);
  const certificate = await x509.X509CertificateGenerator.create({
    ...begin,
    notAfter: new Date(Math.min(notAfter.getTime(), issuer.notAfter.getTime())),
    subject: 'CN=Sidekey server',
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value })),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
    ],
  });
  return await issued(certificate, keys.privateKey);
}

function keyPair(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
}

function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const [key = new ArrayBuffer(0)] = x509.PemConverter.decode(pem);
  return webcrypto.subtle.importKey('pkcs8', key, KEY, false, ['sign']);
}

const life = ({ now, lifeMs }: AuthorityRequest) => ({
  notBefore: new Date(now.getTime() - BACKDATE_MS),
  notAfter: new Date(now.getTime() + lifeMs),
  signingAlgorithm: SIGNING,
});

async function issued(certificate: x509.X509Certificate, key: webcrypto.CryptoKey): Promise<Issued> {
  const exported = await webcrypto.subtle.exportKey('pkcs8', key);
  return {
    certPem: `${certificate.toString('pem')}\n`,
    keyPem: `${x509.PemConverter.encode(exported, 'PRIVATE KEY')}\n`,
  };
}
