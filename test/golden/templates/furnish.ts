import { serialiseJson } from '../../../agent/value/json.ts';
import type { OpenBaoServer } from '../../servers/openbao.ts';
import { secrets } from './corpus.ts';

/** Gives a server the secrets of the corpus. */
export async function furnishCorpus(server: OpenBaoServer): Promise<void> {
  for (const mount of ['kv', 'database', 'tls'])
    await server.api('POST', `sys/mounts/${mount}`, { type: 'kv', options: { version: '1' } });
  for (const [path, data] of secrets) {
    const json = serialiseJson(data);
    await server.api('PUT', path, path.startsWith('secret/') ? `{"data":${json}}` : json);
  }
}
