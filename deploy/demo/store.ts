import { randomBytes } from 'node:crypto';
import { type OpenBaoServer, startOpenBao } from '../../test/servers/openbao.ts';
import {
  mountKubernetesAuth,
  type TokenIssuer,
  writePolicy,
  writeRole,
} from '../../test/servers/service-account.ts';
import { SERVICE_ACCOUNT } from './admission.ts';
import { masked } from './scene.ts';
import type { Story } from './story.ts';

/** Where the pod's annotation says the key is. */
const SECRET_PATH = 'secret/data/ml/api-key';
const NAME = 'ml-inference';

/** A key that nobody has used before. */
export const newKey = (): string => `demo-${randomBytes(12).toString('hex')}`;

/** What an operator does once: a method to log in with, a policy, a role for the pod's service account, the secret. */
async function prepareStore({ api }: OpenBaoServer, issuer: TokenIssuer, key: string): Promise<void> {
  await mountKubernetesAuth(api, issuer);
  await writePolicy(api, NAME, { [SECRET_PATH]: ['read'] });
  await writeRole(api, { name: NAME, policies: [NAME], account: SERVICE_ACCOUNT });
  await api('POST', SECRET_PATH, { data: { key } });
}

/** Starts OpenBao and sets it up. */
export async function openStore(story: Story, issuer: TokenIssuer, key: string): Promise<OpenBaoServer> {
  story.step('The secret store');
  const store = await startOpenBao();
  try {
    story.say(`${store.how}, in memory, at ${store.address}`);
    await prepareStore(store, issuer, key);
  } catch (error) {
    await store.stop();
    throw error;
  }
  story.say('jwt method at auth/kubernetes, which takes the login request of the Kubernetes method');
  story.say(`role ml-inference for the service account ${SERVICE_ACCOUNT.namespace}/${SERVICE_ACCOUNT.name}`);
  story.say(`secret/data/ml/api-key written: ${masked(key)}`);
  return store;
}

export async function rotate({ api }: OpenBaoServer, key: string): Promise<void> {
  await api('POST', SECRET_PATH, { data: { key } });
}

/** How to rotate by hand. */
export function rotationCommands({ address, rootToken }: OpenBaoServer): string[] {
  const path = SECRET_PATH.replace('/data/', '/');
  return [
    `curl -sS -H 'X-Vault-Token: ${rootToken}' -d '{"data":{"key":"my-own-key"}}' ${address}/v1/${SECRET_PATH}`,
    `BAO_ADDR=${address} BAO_TOKEN=${rootToken} bao kv put ${path} key=my-own-key`,
  ];
}
