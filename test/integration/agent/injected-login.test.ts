import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseConfig, type VaultStore } from '#contract/agent-config.ts';
import { type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import { load } from '../../golden/cases.ts';
import { injected } from '../../injector/admission/example.ts';
import { makeToken } from '../../servers/login-methods.ts';
import { type LoginStage, openLoginStage, podOf } from './login-stage.ts';

type Texts = Readonly<Record<string, string>>;

let stage: LoginStage;

beforeAll(async () => {
  stage = await openLoginStage('1h', '2h');
});

afterAll(() => stage.bao.stop());

/** The Secrets that the pods name. */
async function secretsOf(
  { appRole, clients, bao, terms }: LoginStage,
  directory: string,
): Promise<Record<string, Texts>> {
  const { certFile, keyFile } = await clients.issue(directory, 'runner');
  const [cert, key] = [await readFile(certFile, 'utf8'), await readFile(keyFile, 'utf8')];
  const { roleId } = appRole;
  return {
    approle: { 'role-id': roleId, 'secret-id': await appRole.secretId({ wrapTtl: '60s' }) },
    'vault-tls': { 'ca.crt': bao.caPem ?? '', 'client.crt': cert, 'client.key': key },
    'ml-approle': { roleId, secretId: await appRole.secretId() },
    'vault-client': { 'tls.crt': cert, 'tls.key': key },
    'ml-token': { token: await makeToken(bao.api, terms) },
  };
}

/** What the kubelet makes of a volume: the keys of its Secrets as files, under the names that are asked for. */
function filesIn(volume: JsonObject, secrets: Readonly<Record<string, Texts>>): Texts {
  const whole = secrets[textIn(objectIn(volume, 'secret'), 'secretName')] ?? {};
  const projected = listIn(objectIn(volume, 'projected'), 'sources').flatMap((source) => {
    const secret = objectIn(source, 'secret');
    const held = secrets[textIn(secret, 'name')] ?? {};
    return listIn(secret, 'items').map((item) => [textIn(item, 'path'), held[textIn(item, 'key')] ?? '']);
  });
  return { ...whole, ...(Object.fromEntries(projected) as Texts) };
}

/** Mounts the volumes of an injected agent below a directory; gives its Vault, with the files where they are now. */
async function mountAll(
  pod: JsonObject,
  directory: string,
  secrets: Readonly<Record<string, Texts>>,
): Promise<VaultStore> {
  const spec = objectIn(pod, 'spec');
  const [agent = {}] = listIn(spec, 'initContainers');
  const config = listIn(agent, 'env').find((one) => one['name'] === 'SIDEKEY_CONFIG');
  const read = parseConfig(textIn(config ?? {}, 'value'));
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  let text = JSON.stringify(read.value.config.vault);
  for (const { name, mountPath } of listIn(agent, 'volumeMounts') as unknown as Record<
    'name' | 'mountPath',
    string
  >[]) {
    const volume = listIn(spec, 'volumes').find((one) => one['name'] === name) ?? {};
    const files = Object.entries(filesIn(volume, secrets));
    if (files.length === 0) continue;
    await mkdir(join(directory, name));
    for (const [file, content] of files) await writeFile(join(directory, name, file), content);
    text = text.replaceAll(mountPath, join(directory, name));
  }
  return JSON.parse(text) as VaultStore;
}

test.each(['approle-drop-in', 'approle-native', 'certificate-drop-in', 'token-file-native'])(
  'the pod "%s" logs in with what the kubelet mounts into its agent',
  async (name) => {
    const { pod: golden, settings } = load(name);
    let given: VaultStore | undefined;
    await using pod = await podOf(stage, async (proofs) => {
      given = await mountAll(injected(golden, settings), proofs, await secretsOf(stage, proofs));
      return given.auth;
    });
    const { address, caPem } = stage.bao;
    if (given === undefined || caPem === undefined) throw new Error('There is no Vault');
    pod.reconfigure({ vault: { ...given, address, ...(given.caFile === undefined ? { caPem } : {}) } });
    pod.start('run');
    await pod.ready();
    expect(await pod.read('key')).toBe('the key');
  },
);
