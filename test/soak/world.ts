import { type OpenBaoServer, startOpenBao } from '../servers/openbao.ts';
import { CREDENTIALS_PATH, type LeasedLogins, mountDatabase } from '../servers/database.ts';
import { type FaultProxy, startFaultProxy } from '../servers/fault-proxy.ts';
import { type Postgres, startPostgres } from '../servers/postgres.ts';
import { writePolicy } from '../servers/service-account.ts';
import { furnish } from '../integration/agent/stage.ts';

/** The servers of a soak, and the networks between them. */
export interface World extends AsyncDisposable {
  readonly bao: OpenBaoServer;
  readonly postgres: Postgres;
  /** Of the agents to the store. */
  readonly network: FaultProxy;
  /** Of the store to the database. */
  readonly databaseNetwork: FaultProxy;
  readonly logins: LeasedLogins;
}

/** Lives so short that they end many times, and so long that half of each outlasts every fault. Seconds. */
export const LIVES = {
  login: { ttl: 30, most: 75 },
  token: { ttl: 40, most: 120 },
  certificate: 20,
} as const;

export async function openWorld(): Promise<World> {
  await using stack = new AsyncDisposableStack();
  const postgres = stack.use(await startPostgres());
  const bao = stack.use(await startOpenBao({ storage: 'disk' }));
  const network = stack.use(await startFaultProxy(new URL(bao.address)));
  const databaseNetwork = stack.use(await startFaultProxy(new URL(postgres.url)));
  const { token, login } = LIVES;
  await furnish(bao, { ttl: `${token.ttl}s`, maxTtl: `${token.most}s` });
  const url = new URL(postgres.url);
  url.port = String(databaseNetwork.port);
  const logins = await mountDatabase(
    bao.api,
    { url: url.href, query: postgres.query },
    { ttl: `${login.ttl}s`, maxTtl: `${login.most}s` },
  );
  await mountOthers(bao);
  const kept = stack.move();
  return {
    bao,
    postgres,
    network,
    databaseNetwork,
    logins,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function mountOthers({ api }: OpenBaoServer): Promise<void> {
  await api('POST', 'sys/mounts/first', { type: 'kv', options: { version: '1' } });
  await api('POST', 'sys/mounts/pki', { type: 'pki' });
  await api('POST', 'pki/root/generate/internal', { common_name: 'Root', ttl: '24h', key_type: 'ec' });
  await api('POST', 'pki/roles/soak', {
    allow_any_name: true,
    key_type: 'ec',
    key_bits: 256,
    not_before_duration: '30s',
    ttl: `${LIVES.certificate}s`,
  });
  await writePolicy(api, 'ml', {
    'secret/data/ml/*': ['read'],
    'first/*': ['read'],
    'pki/issue/*': ['update'],
    [CREDENTIALS_PATH]: ['read'],
  });
}
