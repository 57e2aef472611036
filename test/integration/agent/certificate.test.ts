import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile, readlink, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, PATIENCE_MS } from '../../servers/eventually.ts';
import { type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import { writePolicy } from '../../servers/service-account.ts';
import { requestsOf } from './asked.ts';
import { exit, furnish, Pod } from './stage.ts';

/** Of a certificate: so long that a machine which stands still for seconds lets no half of it pass. */
const SHORT_MS = 20_000;

let bao: OpenBaoServer;

beforeAll(async () => {
  bao = await startOpenBao();
  await furnish(bao);
  await bao.api('POST', 'sys/mounts/pki', { type: 'pki' });
  await bao.api('POST', 'pki/root/generate/internal', { common_name: 'Root', ttl: '24h', key_type: 'ec' });
  const role = { allow_any_name: true, key_type: 'ec', key_bits: 256, not_before_duration: '0s' };
  await bao.api('POST', 'pki/roles/web', { ...role, ttl: '1h' });
  await bao.api('POST', 'pki/roles/short', { ...role, ttl: `${SHORT_MS / 1000}s` });
  await writePolicy(bao.api, 'ml', { 'pki/issue/*': ['update'], 'secret/data/ml/*': ['read'] });
});

afterAll(() => bao.stop());

/** The documented way: certificate and authority in the file, the key beside it, for its owner alone. */
const template = (volume: string, role = 'web'): string =>
  `{{ with pkiCert "pki/issue/${role}" "common_name=inference.ml" }}{{ .Data.Cert }}{{ .Data.CA }}` +
  `{{ .Data.Key | writeToFile "${volume}/tls/key.pem" "vault" "vault" "0400" }}{{ end }}`;

async function podWith(text: (volume: string) => string): Promise<Pod> {
  const pod = await Pod.create(bao);
  const [file] = pod.config.files;
  if (!file || !('template' in file)) throw new Error('The pod has no template');
  const { volume } = file;
  pod.reconfigure({
    files: [
      { ...file, name: 'cert.pem', path: 'cert.pem', template: { ...file.template, text: text(volume) } },
    ],
  });
  return pod;
}

/** How many certificates were asked for. */
const issuances = (role: string): Promise<number> => requestsOf(bao, `pki/issue/${role}`);

/** A certificate and its key, of one set: the next one may come between two looks. */
async function pairIn(pod: Pod): Promise<{ certificate: X509Certificate; key: KeyObject }> {
  const volume = join(pod.directory, 'secrets');
  const set = join(volume, await readlink(join(volume, '..data')));
  const [certificate, key] = await Promise.all(
    ['cert.pem', 'tls/key.pem'].map((file) => readFile(join(set, file), 'utf8')),
  );
  return { certificate: new X509Certificate(certificate ?? ''), key: createPrivateKey(key ?? '') };
}

describe('a certificate', () => {
  test('stands in one file and its key in another, with permissions of its own, and they belong together', async () => {
    await using pod = await podWith((volume) => template(volume));
    pod.start('run');
    await pod.ready();
    const certificate = new X509Certificate(await pod.read('cert.pem'));
    expect(certificate.subject).toBe('CN=inference.ml');
    expect(certificate.checkPrivateKey(createPrivateKey(await pod.read('tls/key.pem')))).toBe(true);
    const { mode } = await stat(join(pod.directory, 'secrets/tls/key.pem'));
    expect(mode & 0o777).toBe(0o400);
  });

  test('is not issued anew when the agent is killed and started again', async () => {
    await using pod = await podWith((volume) => template(volume));
    const first = pod.start('run');
    await pod.ready();
    const [before, certificate, key] = [
      await issuances('web'),
      await pod.read('cert.pem'),
      await pod.read('tls/key.pem'),
    ];
    first.kill('SIGKILL');
    await exit(first);
    pod.start('run');
    await pod.ready();
    await sleep(1500);
    expect(await issuances('web')).toBe(before);
    expect(await pod.read('cert.pem')).toBe(certificate);
    expect(await pod.read('tls/key.pem')).toBe(key);
  });

  test('is issued anew when half of its life is over, with its key, and not before', async () => {
    await using pod = await podWith((volume) => template(volume, 'short'));
    pod.start('run');
    await pod.ready();
    const { certificate: first } = await pairIn(pod);
    const { certificate: second, key } = await eventually('another certificate', PATIENCE_MS, async () => {
      const pair = await pairIn(pod);
      expect(pair.certificate.serialNumber).not.toBe(first.serialNumber);
      return pair;
    });
    const age = second.validFromDate.getTime() - first.validFromDate.getTime();
    expect(age).toBeGreaterThanOrEqual(SHORT_MS / 4);
    expect(age).toBeLessThanOrEqual((SHORT_MS * 3) / 4);
    expect(second.checkPrivateKey(key)).toBe(true);
  });
});

test('a template follows a file of its container', async () => {
  const pod = await Pod.create(bao);
  await using _ = pod;
  const path = join(pod.directory, 'local.txt');
  await writeFile(path, 'one');
  const [file] = pod.config.files;
  if (!file || !('template' in file)) throw new Error('The pod has no template');
  pod.reconfigure({ files: [{ ...file, template: { ...file.template, text: `of {{ file "${path}" }}` } }] });
  pod.start('run');
  await pod.ready();
  expect(await pod.read('api-key')).toBe('of one');
  await writeFile(path, 'another');
  await eventually('the change', PATIENCE_MS, async () =>
    expect(await pod.read('api-key')).toBe('of another'),
  );
});
