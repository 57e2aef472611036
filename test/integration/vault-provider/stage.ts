import type { VaultStore } from '#contract/agent-config.ts';
import type { AccountAuth } from '#contract/vault-auth.ts';
import { systemClock } from '#platform/clock.ts';
import type { Provider, Session } from '../../../agent/provider/provider.ts';
import { createVaultProvider } from '../../../agent/provider/vault/provider.ts';
import { mapAt, type ValueMap } from '../../../agent/value/value.ts';
import { tokenFile } from '../../agent/provider/vault/fixtures.ts';
import { type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import {
  createTokenIssuer,
  mountKubernetesAuth,
  type ServiceAccount,
  writePolicy,
  writeRole,
} from '../../servers/service-account.ts';

/** The signal of a caller who never gives up. */
export const NEVER = new AbortController().signal;

const ACCOUNT = { namespace: 'gpu', name: 'runner' };
export const issuer = createTokenIssuer();

/** OpenBao as the tests of the provider want it: a login, one role, and a secret of each kind of KV. */
export async function openStage(): Promise<OpenBaoServer> {
  const bao = await startOpenBao();
  const { api } = bao;
  await mountKubernetesAuth(api, issuer);
  await writePolicy(api, 'ml', {
    'secret/data/ml/*': ['read', 'update', 'create'],
    'secret/metadata/ml/*': ['list'],
    'secret/data/data/odd': ['read'],
    'kv1/*': ['read'],
    'pki/issue/*': ['update'],
    'pki/revoke': ['update'],
  });
  await writeRole(api, { name: 'ml', policies: ['ml'], account: ACCOUNT, ttl: '60s', maxTtl: '2h' });
  await api('POST', 'sys/mounts/kv1', { type: 'kv', options: { version: '1' } });
  await api('POST', 'kv1/app', { password: 'old', ttl: '30s' });
  await api('POST', 'kv1/numbers', '{"id":12345678901234567890,"price":1.50}');
  await api('POST', 'secret/data/ml/api-key', { data: { key: 'k-1' } });
  return bao;
}

/** What a test has otherwise than all others. */
export type Change = Partial<Omit<VaultStore, 'auth'>> & {
  readonly auth?: Partial<AccountAuth>;
  readonly account?: Partial<ServiceAccount>;
};

/** Lends a provider whose service-account token lives as long as it is used. */
export async function withProvider<T>(
  { address }: Pick<OpenBaoServer, 'address'>,
  { auth, account, ...store }: Change,
  use: (provider: Provider) => Promise<T>,
): Promise<T> {
  await using token = await tokenFile(`${issuer.token({ ...ACCOUNT, ...account })}\n`);
  const provider = createVaultProvider(
    {
      address,
      timeoutMs: 30_000,
      ...store,
      auth: {
        method: 'kubernetes',
        path: 'auth/kubernetes',
        role: 'ml',
        tokenFile: token.file,
        ...auth,
      },
    },
    { clock: systemClock },
  );
  return await use(provider);
}

/** Logs in as `gpu/runner` with the role `ml`, but for the change. */
export const login = (bao: Pick<OpenBaoServer, 'address'>, change: Change = {}): Promise<Session> =>
  withProvider(bao, change, (provider) => provider.login(NEVER));

/** The `data` part of an answer; of KV v2, its `data` part is `dataOf(dataOf(answer))`. */
export function dataOf(value: ValueMap): ValueMap {
  const data = mapAt(value, 'data');
  if (data === undefined) throw new Error('The answer has no data');
  return data;
}
