import { createPrivateKey, X509Certificate } from 'node:crypto';
import { type JsonObject, objectIn, textIn } from '#contract/json.ts';
import type { KeyPair } from '../server/certificate.ts';
import { certificatesOf, isIssued } from './trust.ts';

/** What the injectors of a cluster share, as it stands in their Secret. */
export interface Kept {
  /** Whom the API server is to trust: the authority that signs, and those before it for as long as anybody may use them. */
  readonly authorities: readonly [X509Certificate, ...X509Certificate[]];
  /** Of the first. */
  readonly authorityKeyPem: string;
  readonly leaf: KeyPair & { readonly certificate: X509Certificate };
}

/** The same as text, to be written. */
export interface KeptText {
  readonly authoritiesPem: string;
  readonly authorityKeyPem: string;
  readonly certPem: string;
  readonly keyPem: string;
}

const FIELDS = {
  authoritiesPem: 'ca.crt',
  authorityKeyPem: 'ca.key',
  certPem: 'tls.crt',
  keyPem: 'tls.key',
} as const satisfies Readonly<Record<keyof KeptText, string>>;

/** Reads the Secret; undefined if something is missing in it, cannot be read, or does not belong together. */
export function readKept(secret: JsonObject): Kept | undefined {
  try {
    return decode(secret);
  } catch {
    // OpenSSL's reasons may quote what they are about.
    return undefined;
  }
}

function decode(secret: JsonObject): Kept | undefined {
  const text = (field: keyof KeptText): string => textOf(secret, FIELDS[field]);
  const [newest, ...older] = certificatesOf(text('authoritiesPem'));
  const certPem = text('certPem');
  const keyPem = text('keyPem');
  const certificate = new X509Certificate(certPem);
  const belongs =
    newest !== undefined &&
    newest.checkPrivateKey(createPrivateKey(text('authorityKeyPem'))) &&
    certificate.checkPrivateKey(createPrivateKey(keyPem)) &&
    isIssued(certificate, newest);
  if (!belongs) return undefined;
  return {
    authorities: [newest, ...older],
    authorityKeyPem: text('authorityKeyPem'),
    leaf: { certPem, keyPem, notAfter: certificate.validToDate, certificate },
  };
}

const textOf = (secret: JsonObject, field: string): string =>
  Buffer.from(textIn(objectIn(secret, 'data'), field), 'base64').toString('utf8');

/** The Secret that is to be. */
export function secretOf(
  place: { readonly namespace: string; readonly name: string },
  text: KeptText,
): JsonObject {
  const data = Object.entries(FIELDS).map(([field, key]) => [
    key,
    Buffer.from(text[field as keyof KeptText]).toString('base64'),
  ]);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { ...place, labels: { 'app.kubernetes.io/name': 'sidekey' } },
    type: 'kubernetes.io/tls',
    data: Object.fromEntries(data) as JsonObject,
  };
}
