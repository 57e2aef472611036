import { mkdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeServerCertificate, type ServerCertificate } from '../../deploy/kubernetes/certificate.ts';

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

/**
 * What the kubelet does with a volume of a Secret, the first time and after each change: a new hidden directory, a
 * symlink `..data` to it that is replaced by a rename, and lasting symlinks from the names to what is behind `..data`.
 */
export async function writeSecretVolume(
  directory: string,
  certificate: Pick<ServerCertificate, 'certPem' | 'keyPem'>,
): Promise<CertificateFiles> {
  const generation = `..${process.hrtime.bigint()}`;
  await mkdir(join(directory, generation), { recursive: true });
  await writeCertificate(join(directory, generation), certificate);
  const data = join(directory, '..data');
  const old = await readlink(data).catch(() => undefined);
  await symlink(generation, join(directory, '..data_tmp'));
  await rename(join(directory, '..data_tmp'), data);
  const files = { certFile: join(directory, 'tls.crt'), keyFile: join(directory, 'tls.key') };
  if (old === undefined) {
    await symlink('..data/tls.crt', files.certFile);
    await symlink('..data/tls.key', files.keyFile);
  } else {
    await rm(join(directory, old), { recursive: true });
  }
  return files;
}
