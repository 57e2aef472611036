import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeServerCertificate, type ServerCertificate } from '../../deploy/kubernetes/certificate.ts';
import { writeVolume } from './kubelet-volume.ts';

/** A certificate of its own authority for servers on loopback, good for a day. */
export function loopbackCertificate(): Promise<ServerCertificate> {
  return makeServerCertificate({ names: ['127.0.0.1', 'localhost'], now: new Date(), days: 1 });
}

export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** Writes `tls.crt` and `tls.key`, each in place. */
export async function writeCertificate(
  directory: string,
  { certPem, keyPem }: Pick<ServerCertificate, 'certPem' | 'keyPem'>,
): Promise<CertificateFiles> {
  const files = { certFile: join(directory, 'tls.crt'), keyFile: join(directory, 'tls.key') };
  await writeFile(files.certFile, certPem);
  await writeFile(files.keyFile, keyPem, { mode: 0o644 });
  return files;
}

/** The same as the kubelet does in a volume of a Secret. */
export async function writeSecretVolume(
  directory: string,
  { certPem, keyPem }: Pick<ServerCertificate, 'certPem' | 'keyPem'>,
): Promise<CertificateFiles> {
  await writeVolume(directory, { 'tls.crt': certPem, 'tls.key': keyPem });
  return { certFile: join(directory, 'tls.crt'), keyFile: join(directory, 'tls.key') };
}
