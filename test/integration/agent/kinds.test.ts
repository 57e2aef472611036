import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sshCertificateEnd } from '../../../agent/provider/vault/ssh-certificate.ts';
import { eventually, PATIENCE_MS } from '../../servers/eventually.ts';
import { field } from '../../servers/openbao-api.ts';
import { type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import { writePolicy } from '../../servers/service-account.ts';
import { awaitTurns, requestsOf } from './asked.ts';
import { exit, furnish, Pod } from './stage.ts';

const HOUR_MS = 3_600_000;
const PUBLIC_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEgEpYz0Nq4pXh3s3bW0E9J4PqjXv7m3g1oOTvNNcmOa';

let bao: OpenBaoServer;

beforeAll(async () => {
  bao = await startOpenBao();
  await furnish(bao);
  const { api } = bao;
  await api('POST', 'sys/mounts/kv1', { type: 'kv', options: { version: '1' } });
  for (const type of ['totp', 'transit', 'ssh']) await api('POST', `sys/mounts/${type}`, { type });
  await api('POST', 'totp/keys/me', { generate: true, issuer: 'sidekey', account_name: 'me' });
  await api('POST', 'transit/keys/app', {});
  await api('POST', 'ssh/roles/otp', { key_type: 'otp', default_user: 'app', cidr_list: '0.0.0.0/0' });
  await api('POST', 'ssh/config/ca', { generate_signing_key: true, key_type: 'ed25519' });
  const ca = { key_type: 'ca', allow_user_certificates: true, default_user: 'app', allowed_users: '*' };
  await api('POST', 'ssh/roles/long', { ...ca, ttl: '1h' });
  await api('POST', 'ssh/roles/short', { ...ca, ttl: '6s' });
  await writePolicy(api, 'ml', {
    'secret/data/ml/*': ['read'],
    'secret/data/made/*': ['create', 'update'],
    'kv1/*': ['read'],
    'totp/code/*': ['read'],
    'transit/*': ['update'],
    'ssh/*': ['update'],
    'sys/tools/random/*': ['update'],
  });
});

afterAll(() => bao.stop());

const requests = (path: string): Promise<number> => requestsOf(bao, path);
const turns = (path: string, more: number): Promise<void> => awaitTurns(bao, path, more);

const show = (call: string, path: string): string => `{{ with secret ${call} }}{{ .Data.${path} }}{{ end }}`;

describe('a secret of KV v1', () => {
  const VALUE = show('"kv1/plain"', 'value');

  test('is read again at the poll interval, though the store says that it is good for a month', async () => {
    await bao.api('PUT', 'kv1/plain', { value: 'one' });
    const before = await requests('auth/kubernetes/login');
    await using pod = await Pod.create(bao, { templates: { plain: VALUE } });
    pod.start('run');
    await pod.ready();
    await bao.api('PUT', 'kv1/plain', { value: 'two' });
    await eventually('the change', PATIENCE_MS, async () => expect(await pod.read('plain')).toBe('two'));
    expect((await requests('auth/kubernetes/login')) - before).toBe(1);
  });

  test('that says how often it is to be read is read that often', async () => {
    await bao.api('PUT', 'kv1/plain', { value: 'one' });
    await bao.api('PUT', 'kv1/hasty', { value: 'one', ttl: '1s' });
    const before = await requests('kv1/plain');
    const hasty = show('"kv1/hasty"', 'value');
    await using pod = await Pod.create(bao, { templates: { plain: VALUE, hasty }, pollMs: HOUR_MS });
    pod.start('run');
    await pod.ready();
    await bao.api('PUT', 'kv1/hasty', { value: 'two', ttl: '1s' });
    await eventually('the change', PATIENCE_MS, async () => expect(await pod.read('hasty')).toBe('two'));
    await turns('kv1/hasty', 2);
    expect((await requests('kv1/plain')) - before).toBe(1);
  });
});

/** Something that each call makes anew: how it is written in a template, and what it asks of the store. */
const MADE: readonly (readonly [file: string, call: string, value: string, path: string])[] = [
  ['encrypted', '"transit/encrypt/app" "plaintext=aGk="', 'ciphertext', 'transit/encrypt/app'],
  ['data-key', '"transit/datakey/plaintext/app" ""', 'plaintext', 'transit/datakey/plaintext/app'],
  ['hmac', '"transit/hmac/app" "input=aGk="', 'hmac', 'transit/hmac/app'],
  ['random', '"sys/tools/random/16" "format=hex"', 'random_bytes', 'sys/tools/random/16'],
  ['otp', '"ssh/creds/otp" "ip=10.0.0.1"', 'key', 'ssh/creds/otp'],
  ['signed', `"ssh/sign/long" "public_key=${PUBLIC_KEY}"`, 'signed_key', 'ssh/sign/long'],
  ['code', '"totp/code/me"', 'code', 'totp/code/me'],
  ['version', '"secret/made/by-template" "key=value"', 'version', 'secret/data/made/by-template'],
];

/** A token for one value, to be taken out once. */
async function wrapped(value: string): Promise<string> {
  const response = await fetch(`${bao.address}/v1/sys/wrapping/wrap`, {
    method: 'PUT',
    headers: { 'x-vault-token': bao.rootToken, 'x-vault-wrap-ttl': '10m' },
    body: JSON.stringify({ value }),
  });
  return String(field(await response.json(), 'wrap_info', 'token'));
}

test('what each call makes anew, and what is there once, is asked for once, over a restart of the agent, too', async () => {
  const made = MADE.map(([file, call, value]) => [file, show(call, value)]);
  const unwrap = show(`"sys/wrapping/unwrap" "token=${await wrapped('hidden')}"`, 'value');
  const polled = show('"secret/ml/api-key"', 'data.key');
  const templates = { ...Object.fromEntries(made), unwrapped: unwrap, polled };
  const before = await requests('auth/kubernetes/login');
  await using pod = await Pod.create(bao, { templates, pollMs: 300 });
  const first = pod.start('run');
  await pod.ready();
  const files = [...MADE.map(([file]) => file), 'unwrapped'];
  const read = (): Promise<string[]> => Promise.all(files.map((file) => pod.read(file)));
  const texts = await read();
  expect(texts.at(-1)).toBe('hidden');
  await turns('secret/data/ml/api-key', 4);
  first.kill('SIGKILL');
  await exit(first);
  pod.start('run');
  await pod.ready();
  await turns('secret/data/ml/api-key', 4);

  expect(await read()).toEqual(texts);
  const paths = [...MADE.map(([, , , path]) => path), 'sys/wrapping/unwrap'];
  const counts = await Promise.all(paths.map(requests));
  expect(Object.fromEntries(paths.map((path, index) => [path, counts[index]]))).toEqual(
    Object.fromEntries(paths.map((path) => [path, 1])),
  );
  expect((await requests('auth/kubernetes/login')) - before).toBe(1);
  expect(pod.output).not.toContain('hidden');
});

test('a file may ask for what it is made of again and again, whatever that is', async () => {
  const templates = { code: show('"totp/code/me"', 'code'), key: show('"secret/ml/api-key"', 'data.key') };
  await using pod = await Pod.create(bao, { templates, pollMs: HOUR_MS });
  pod.reconfigure({
    files: pod.config.files.map((file) => (file.name === 'code' ? { ...file, pollMs: 300 } : file)),
  });
  pod.start('run');
  await pod.ready();
  const before = await requests('secret/data/ml/api-key');
  await turns('totp/code/me', 3);
  expect(await requests('secret/data/ml/api-key')).toBe(before);
});

test('a certificate of SSH is signed anew before it ends', async () => {
  const signed = show(`"ssh/sign/short" "public_key=${PUBLIC_KEY}"`, 'signed_key');
  await using pod = await Pod.create(bao, { templates: { signed }, pollMs: HOUR_MS });
  pod.start('run');
  await pod.ready();
  const first = await pod.read('signed');
  await eventually('another certificate', PATIENCE_MS, async () =>
    expect(await pod.read('signed')).not.toBe(first),
  );
  const [one = 0, two = 0] = [first, await pod.read('signed')].map(sshCertificateEnd);
  // Half of six seconds, which the store counts whole.
  expect(two - one).toBeGreaterThanOrEqual(2);
});
