import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { VaultStore } from '#contract/agent-config.ts';
import type { VaultAuth } from '#contract/vault-auth.ts';
import { systemClock } from '#platform/clock.ts';
import type { Keepsake } from '../../../agent/provider/keepsake.ts';
import type { Provider } from '../../../agent/provider/provider.ts';
import { createVaultProvider } from '../../../agent/provider/vault/provider.ts';
import {
  type AppRole,
  type ClientAuthority,
  makeToken,
  mountAppRole,
  mountCertificateAuth,
  type TokenTerms,
} from '../../servers/login-methods.ts';
import { requestsOf } from '../agent/asked.ts';
import { type Api, type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import {
  createTokenIssuer,
  mountKubernetesAuth,
  writePolicy,
  writeRole,
} from '../../servers/service-account.ts';

const ACCOUNT = { namespace: 'gpu', name: 'runner' };
export const TERMS: TokenTerms = { policies: ['ml'], ttl: '60s', maxTtl: '2h' };

/** Everything that one namespace of a server is logged in to with. */
export interface Logins {
  /** Sends requests to the namespace. */
  readonly api: Api;
  readonly appRole: AppRole;
  readonly clients: ClientAuthority;
  /** A way to log in by the method, its files written to the directory. */
  auth(method: VaultAuth['method'], directory: string): Promise<VaultAuth>;
}

/** OpenBao with every method in the root namespace and in `team`. */
export interface Methods extends AsyncDisposable {
  readonly bao: OpenBaoServer;
  readonly root: Logins;
  readonly team: Logins;
  /** How many requests there were whose paths end so, answers not counted. */
  requests(path: string): Promise<number>;
}

export async function openMethods(): Promise<Methods> {
  const bao = await startOpenBao({ tls: true });
  await bao.api('POST', 'sys/namespaces/team', {});
  const team: Api = (method, path, body, options) =>
    bao.api(method, path, body, { namespace: 'team', ...options });
  await team('POST', 'sys/mounts/secret', { type: 'kv', options: { version: '1' } });
  return {
    bao,
    root: await openLogins(bao.api, 'secret/data/ml/api-key', { data: { key: 'of root' } }),
    team: await openLogins(team, 'secret/ml/api-key', { key: 'of team' }),
    requests: (path) => requestsOf(bao, path),
    [Symbol.asyncDispose]: () => bao.stop(),
  };
}

async function openLogins(api: Api, path: string, secret: object): Promise<Logins> {
  await writePolicy(api, 'ml', { 'secret/*': ['read'] });
  await api('POST', path, secret);
  const issuer = createTokenIssuer();
  for (const mount of ['auth/kubernetes', 'auth/jwt']) {
    await mountKubernetesAuth(api, issuer, mount);
    await writeRole(api, { name: 'ml', account: ACCOUNT, ...TERMS }, mount);
  }
  const appRole = await mountAppRole(api, TERMS);
  const clients = await mountCertificateAuth(api, TERMS);
  const write = async (directory: string, text: string): Promise<string> => {
    const file = join(directory, 'proof');
    await writeFile(file, `${text}\n`);
    return file;
  };
  return {
    api,
    appRole,
    clients,
    async auth(method, directory) {
      switch (method) {
        case 'kubernetes':
        case 'jwt':
          return {
            method,
            path: `auth/${method}`,
            role: 'ml',
            tokenFile: await write(directory, issuer.token(ACCOUNT)),
          };
        case 'approle': {
          const secretIdFile = await write(directory, await appRole.secretId());
          return { method, path: 'auth/approle', roleId: appRole.roleId, secretIdFile };
        }
        case 'cert':
          return { method, path: 'auth/cert', role: 'ml', ...(await clients.issue(directory, 'runner')) };
        case 'token_file':
          return { method, tokenFile: await write(directory, await makeToken(api, TERMS)) };
      }
    },
  };
}

/** A provider of the server. */
export function providerAt(
  { address, caPem = '' }: Pick<OpenBaoServer, 'address' | 'caPem'>,
  store: Pick<VaultStore, 'auth'> & Partial<VaultStore>,
  keepsake?: Keepsake,
): Provider {
  return createVaultProvider(
    { address, caPem, timeoutMs: 30_000, ...store },
    { clock: systemClock, ...(keepsake && { keepsake }) },
  );
}

/** Lends a directory. */
export async function withDirectory<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'sidekey-login-'));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}
