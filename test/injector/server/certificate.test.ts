import { createPrivateKey } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { createLog } from '#platform/log.ts';
import type { ServerCertificate } from '../../../deploy/kubernetes/certificate.ts';
import { type KeyPair, loadKeyPair, watchKeyPair } from '../../../injector/server/certificate.ts';
import {
  type CertificateFiles,
  loopbackCertificate,
  writeCertificate,
  writeSecretVolume,
} from '../../servers/certificate.ts';

let first: ServerCertificate;
let second: ServerCertificate;
let directory: string;
let replaced: KeyPair[];
let lines: string[];
let stop: () => Promise<void>;

beforeAll(async () => {
  [first, second] = await Promise.all([loopbackCertificate(), loopbackCertificate()]);
});

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sidekey-'));
  replaced = [];
  lines = [];
  stop = () => Promise.resolve();
});

afterEach(async () => {
  await stop();
  await rm(directory, { recursive: true });
});

async function watch(files: CertificateFiles): Promise<void> {
  stop = await watchKeyPair({
    files,
    clock: systemClock,
    current: await load(files),
    log: createLog('info', 'injector', { write: (line) => lines.push(line) }),
    replaced: (keyPair) => replaced.push(keyPair),
  });
}

const load = (files: CertificateFiles): Promise<KeyPair> => loadKeyPair(files, systemClock.now());

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 600));

test('a key pair is loaded with the end of its life', async () => {
  const keyPair = await load(await writeCertificate(directory, first));
  const { caPem: _, ...own } = first;
  expect(keyPair).toEqual(own);
});

test('a missing, a broken and a foreign file are each named, without their content', async () => {
  const files = await writeCertificate(directory, first);
  await expect(load({ ...files, certFile: '/nowhere' })).rejects.toThrow('Cannot read /nowhere: ENOENT');
  await writeFile(files.keyFile, second.keyPem);
  await expect(load(files)).rejects.toThrow(`${files.keyFile}: it is not the key of ${files.certFile}`);
  await writeFile(files.keyFile, 'hunter2');
  await expect(load(files)).rejects.toThrow(
    /^Cannot use \S+tls\.key: it holds no private key without a passphrase in PEM form$/u,
  );
});

test('a certificate behind its authority, an encrypted key and a certificate that has ended say what is expected', async () => {
  const files = await writeCertificate(directory, {
    certPem: first.caPem + first.certPem,
    keyPem: first.keyPem,
  });
  await expect(load(files)).rejects.toThrow('has to be the first');
  const type = 'pkcs8' as const;
  const keyPem = createPrivateKey(first.keyPem).export({
    type,
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'hunter2',
  });
  await expect(load(await writeCertificate(directory, { ...first, keyPem }))).rejects.toThrow(
    'no private key without a passphrase',
  );
  const sound = await writeCertificate(directory, { ...first, certPem: first.certPem + first.caPem });
  await expect(loadKeyPair(sound, first.notAfter.getTime())).rejects.toThrow(
    `Cannot use ${sound.certFile}: no API server trusts it since ${first.notAfter.toISOString()}`,
  );
  expect(await loadKeyPair(sound, first.notAfter.getTime() - 1)).toMatchObject({ notAfter: first.notAfter });
});

test('files written in place are taken', async () => {
  await watch(await writeCertificate(directory, first));
  await writeCertificate(directory, second);
  await expect.poll(() => replaced, { timeout: 3000 }).toHaveLength(1);
  expect(replaced[0]?.certPem).toBe(second.certPem);
});

test('the symlink swap of a Secret volume is taken, again and again', async () => {
  const files = await writeSecretVolume(directory, first);
  await watch(files);
  for (const [index, next] of [second, first, second].entries()) {
    await writeSecretVolume(directory, next);
    await expect.poll(() => replaced, { timeout: 3000 }).toHaveLength(index + 1);
    expect(replaced.at(-1)?.keyPem).toBe(next.keyPem);
  }
});

test('a broken new pair is logged and leaves the old one; a good one after it is taken', async () => {
  const files = await writeSecretVolume(directory, first);
  await watch(files);
  await writeSecretVolume(directory, { certPem: second.certPem, keyPem: first.keyPem });
  await expect.poll(() => lines.join(''), { timeout: 3000 }).toContain('Kept the old certificate');
  expect(replaced).toEqual([]);
  expect(lines.join('')).not.toContain('PRIVATE KEY');
  await writeSecretVolume(directory, second);
  await expect.poll(() => replaced, { timeout: 3000 }).toHaveLength(1);
});

test('a change of other files in the directory is no new pair', async () => {
  await watch(await writeCertificate(directory, first));
  await writeFile(join(directory, 'other'), 'x');
  await writeCertificate(directory, first);
  await settled();
  expect(replaced).toEqual([]);
});
