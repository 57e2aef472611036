import { type Api, field } from '../../../servers/openbao-api.ts';
import type { Presented } from '../../../servers/store-front.ts';

/** An authority that lives in the store itself. */
export interface StoreAuthority {
  readonly caPem: string;
  /** Another certificate for a server on loopback. */
  issue(): Promise<Presented>;
}

/** Mounts one at a path of its own. */
export async function mountAuthority(api: Api, mount: string): Promise<StoreAuthority> {
  await api('POST', `sys/mounts/${mount}`, { type: 'pki' });
  const root = { common_name: `Authority ${mount}`, ttl: '24h', key_type: 'ec' };
  const made = await api('POST', `${mount}/root/generate/internal`, root);
  await api('POST', `${mount}/roles/server`, {
    allow_any_name: true,
    key_type: 'ec',
    key_bits: 256,
    ttl: '1h',
  });
  return {
    caPem: `${String(field(made, 'data', 'certificate'))}\n`,
    async issue() {
      const server = { common_name: 'localhost', ip_sans: '127.0.0.1' };
      const issued = await api('POST', `${mount}/issue/server`, server);
      return {
        certPem: String(field(issued, 'data', 'certificate')),
        keyPem: String(field(issued, 'data', 'private_key')),
      };
    },
  };
}
