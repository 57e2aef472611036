import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { VaultStore } from '#contract/agent-config.ts';
import { load } from '../../golden/cases.ts';
import { injected } from '../../injector/admission/example.ts';
import { makeToken } from '../../servers/login-methods.ts';
import { type LoginStage, openLoginStage, podOf } from './login-stage.ts';
import { mountAll, type Secrets } from './mounted.ts';

let stage: LoginStage;

beforeAll(async () => {
  stage = await openLoginStage('1h', '2h');
});

afterAll(() => stage.bao.stop());

/** The Secrets that the pods name. */
async function secretsOf({ appRole, clients, bao, terms }: LoginStage, directory: string): Promise<Secrets> {
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
