import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OpenBaoServer, startOpenBao } from '../servers/openbao.ts';
import {
  createTokenIssuer,
  mountKubernetesAuth,
  writePolicy,
  writeRole,
} from '../servers/service-account.ts';

/** As many as the largest task renders. */
const SECRETS = 1000;
/** How many are written at once. */
const AT_ONCE = 20;
export const ROLE = 'bench';
const ACCOUNT = { namespace: 'default', name: 'bench' } as const;

/** What the contenders work against: a real OpenBao over TLS with an authority of its own. */
export interface World extends AsyncDisposable {
  readonly address: string;
  readonly caPem: string;
  readonly caFile: string;
  readonly tokenFile: string;
  /** For programs and other files that hold no secret. */
  readonly directory: string;
  readonly how: string;
  /** An empty directory on tmpfs. */
  makeDirectory(): Promise<string>;
  write(secret: number, value: string): Promise<void>;
}

export const secretPath = (index: number): string => `secret/data/bench/${index}`;
export const CERTIFICATE_PATH = 'pki/issue/bench';
export const CERTIFICATE_TTL_S = 12;

export async function createWorld(): Promise<World> {
  const server = await startOpenBao({ tls: true });
  const directory = await mkdtemp(join(tmpdir(), 'sidekey-bench-'));
  const memory = await mkdtemp('/dev/shm/sidekey-bench-');
  const remove = (): void => {
    for (const path of [directory, memory]) rmSync(path, { recursive: true, force: true });
  };
  process.once('exit', remove);
  const tokenFile = join(directory, 'token');
  const caFile = join(directory, 'ca.pem');
  const issuer = createTokenIssuer();
  const write = async (secret: number, value: string): Promise<void> => {
    await server.api('POST', secretPath(secret), { data: { user: 'bench', key: value } });
  };
  await writeFile(tokenFile, issuer.token(ACCOUNT));
  await writeFile(caFile, server.caPem ?? '');
  await mountKubernetesAuth(server.api, issuer);
  await allow(server);
  for (let from = 0; from < SECRETS; from += AT_ONCE)
    await Promise.all(Array.from({ length: AT_ONCE }, (_, at) => write(from + at, `first-${from + at}`)));
  return {
    address: server.address,
    caPem: server.caPem ?? '',
    caFile,
    tokenFile,
    directory,
    how: server.how,
    makeDirectory: () => mkdtemp(join(memory, 'run-')),
    write,
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      remove();
    },
  };
}

async function allow({ api }: OpenBaoServer): Promise<void> {
  await api('POST', 'sys/mounts/pki', { type: 'pki' });
  await api('POST', 'pki/root/generate/internal', { common_name: 'Bench', ttl: '24h', key_type: 'ec' });
  await api('POST', 'pki/roles/bench', {
    allow_any_name: true,
    key_type: 'ec',
    key_bits: 256,
    ttl: `${CERTIFICATE_TTL_S}s`,
  });
  await writePolicy(api, ROLE, { 'secret/data/bench/*': ['read'], [CERTIFICATE_PATH]: ['update'] });
  await writeRole(api, { name: ROLE, policies: [ROLE], account: ACCOUNT });
}
