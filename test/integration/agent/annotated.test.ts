import { chown, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FileSpec } from '#contract/agent-config.ts';
import type { VaultSource } from '#contract/secret-source.ts';
import { eventually, PATIENCE_MS } from '../../servers/eventually.ts';
import { type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import { awaitTurns } from './asked.ts';
import { AGENT_UID, exit, furnish, Pod, writeSecret } from './stage.ts';

let bao: OpenBaoServer;

beforeAll(async () => {
  bao = await startOpenBao();
  // The token of a session ends soon, so that there is another one.
  await furnish(bao, { ttl: '6s', maxTtl: '6s' });
});

afterAll(() => bao.stop());

const API_KEY = {
  source: { store: 'vault', path: 'secret/data/ml/api-key', key: 'key' },
  format: 'raw',
} as const;

/** A file in the directory of a pod. */
const file = (pod: Pod, name: string, more: Pick<FileSpec, 'write'> | { source: VaultSource }): FileSpec => ({
  name,
  volume: join(pod.directory, 'secrets'),
  path: name,
  mode: 0o644,
  ...API_KEY,
  ...more,
});

const ownerOf = async (token: string): Promise<number> => {
  const headers = { 'x-vault-token': token };
  return (await fetch(`${bao.address}/v1/auth/token/lookup-self`, { headers })).status;
};

/** The token in the file. On a machine that stood still, it may have ended just now, and another comes. */
async function goodToken(pod: Pod): Promise<string> {
  const token = await pod.read('token');
  expect(await ownerOf(token)).toBe(200);
  return token;
}

test('the file of the token holds that of the present session, which the store knows', async () => {
  await using pod = await Pod.create(bao);
  const source = { store: 'vault', path: 'auth/token/lookup-self', key: 'id' } as const;
  pod.reconfigure({ files: [file(pod, 'token', { source })] });
  pod.start('run');
  await pod.ready();
  const first = await eventually('a token', PATIENCE_MS, () => goodToken(pod));
  await eventually('the token of another session', PATIENCE_MS, async () =>
    expect(await goodToken(pod)).not.toBe(first),
  );
  expect(pod.output).not.toContain(first);
});

test('a template may be in a file, and one that cannot be parsed ends the agent with the reason', async () => {
  await using pod = await Pod.create(bao);
  const path = join(pod.directory, 'api.tmpl');
  const templateFile = { file: path, left: '{{', right: '}}' };

  const { name, volume, mode } = file(pod, 'api', {});
  pod.reconfigure({ files: [{ name, volume, path: name, mode, templateFile }] });
  expect(await exit(pod.start('init'))).toBe(2);
  expect(await pod.lastWords()).toContain(`Cannot read its template ${path}`);
  await writeFile(path, '{{ with secret');
  expect(await exit(pod.start('init'))).toBe(2);
  expect(await pod.lastWords()).toMatch(/^files "api": Cannot parse the template: line 1/u);
  await writeFile(path, 'key={{ with secret "secret/data/ml/api-key" }}{{ .Data.data.key }}{{ end }}');
  expect(await exit(pod.start('init'))).toBe(0);
  expect(await pod.read('api')).toMatch(/^key=canary-/u);
});

test('an agent that stays waits for a template that is not there yet, and ends at once when it is told to', async () => {
  await using pod = await Pod.create(bao);
  const path = join(pod.directory, 'late.tmpl');
  const { name, volume, mode } = file(pod, 'api', {});
  pod.reconfigure({
    files: [{ name, volume, path: name, mode, templateFile: { file: path, left: '{{', right: '}}' } }],
  });
  const given = pod.start('run');
  await eventually('the reason', PATIENCE_MS, async () => expect(await pod.lastWords()).toContain(path));
  given.kill('SIGTERM');
  expect(await exit(given)).toBe(0);
  pod.start('run');
  await eventually('the reason again', PATIENCE_MS, async () =>
    expect(await pod.lastWords()).toContain(path),
  );
  await writeFile(path, 'key={{ with secret "secret/data/ml/api-key" }}{{ .Data.data.key }}{{ end }}');
  await pod.ready();
  expect(await pod.read('api')).toMatch(/^key=/u);
});

test('a file is written in place where a pod wants that, and the next process finds it as it was', async () => {
  await writeSecret(bao, 'one');
  await using pod = await Pod.create(bao, { pollMs: 200 });
  pod.reconfigure({ files: [file(pod, 'set', {}), file(pod, 'held', { write: 'in-place' })] });
  pod.start('run');
  await pod.ready();
  const { ino } = await stat(join(pod.directory, 'secrets/held'));
  await writeSecret(bao, 'two, and longer');
  await eventually('the change', PATIENCE_MS, async () => {
    expect([await pod.read('held'), await pod.read('set')]).toEqual(['two, and longer', 'two, and longer']);
  });
  expect((await stat(join(pod.directory, 'secrets/held'))).ino).toBe(ino);
});

test('files stay as they are while the pod is annotated so, and follow when it is not any more', async () => {
  await writeSecret(bao, 'one');
  await using pod = await Pod.create(bao, { pollMs: 200 });
  const suspendFile = join(pod.directory, 'suspend');
  const say = async (text: string): Promise<void> => {
    await writeFile(`${suspendFile}.next`, text);
    await chown(`${suspendFile}.next`, AGENT_UID, AGENT_UID);
    await rename(`${suspendFile}.next`, suspendFile);
  };
  await say('true');
  pod.reconfigure({ files: [file(pod, 'api', {})], suspendFile });
  pod.start('run');
  await pod.ready();
  expect(await pod.read('api')).toBe('one');
  await writeSecret(bao, 'two');
  await awaitTurns(bao, 'secret/data/ml/api-key', 4);
  expect(await pod.read('api')).toBe('one');
  const suspended = 'sidekey_agent_suspended{by="annotation"}';
  expect(await pod.metric(suspended)).toBe(1);
  await say('false');
  await eventually('the change', PATIENCE_MS, async () => expect(await pod.read('api')).toBe('two'));
  expect(await pod.metric(suspended)).toBe(0);
});

test('the log is text where a pod wants that', async () => {
  await using pod = await Pod.create(bao);
  pod.start('run', { SIDEKEY_LOG_FORMAT: 'standard', SIDEKEY_LOG_LEVEL: 'debug' });
  await pod.ready();
  await expect.poll(() => pod.output).toMatch(/^\S+Z \[INFO\] {2}agent: Started: port=\d+$/mu);
});

test('an agent that is not to wait for a login ends at the first that fails', async () => {
  await using pod = await Pod.create(bao, { role: 'nobody' });
  pod.reconfigure({ endsOnLoginFault: true });
  expect(await exit(pod.start('run'))).toBe(1);
  expect(await pod.lastWords()).toContain('Not rendered yet');
});
