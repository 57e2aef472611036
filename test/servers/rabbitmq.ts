import { createServer } from 'node:http';
import type { Api } from './openbao.ts';

export interface LeasedUsers extends AsyncDisposable {
  /** The names of the users that exist now, in the order they were made. */
  users(): readonly string[];
}

interface LeaseTerms {
  /** Such as `4s`. */
  readonly ttl: string;
  readonly maxTtl: string;
}

/**
 * Mounts OpenBao's RabbitMQ engine at `rabbitmq/` with a role `app`: a real engine that makes a user for each read of
 * `rabbitmq/creds/app` and leases it, renewable. Only the broker behind it is a stand-in, which does what its management
 * API does with users and permissions (https://www.rabbitmq.com/docs/http-api-reference) and nothing else.
 */
export async function mountLeasedUsers(api: Api, { ttl, maxTtl }: LeaseTerms): Promise<LeasedUsers> {
  const users = new Set<string>();
  const broker = createServer((request, response) => {
    const [, name] = /^\/api\/users\/([^/]+)$/u.exec(request.url ?? '') ?? [];
    if (name !== undefined && request.method === 'PUT') users.add(decodeURIComponent(name));
    if (name !== undefined && request.method === 'DELETE') users.delete(decodeURIComponent(name));
    request.resume().on('end', () => {
      response.writeHead(request.method === 'GET' ? 200 : 204);
      response.end(request.method === 'GET' ? '[]' : undefined);
    });
  });
  await new Promise<void>((resolve) => {
    broker.listen(0, '127.0.0.1', resolve);
  });
  const address = broker.address();
  if (typeof address !== 'object' || address === null) throw new Error('Cannot listen on loopback');
  await api('POST', 'sys/mounts/rabbitmq', { type: 'rabbitmq' });
  await api('POST', 'rabbitmq/config/connection', {
    connection_uri: `http://127.0.0.1:${address.port}`,
    username: 'admin',
    password: 'admin',
  });
  await api('POST', 'rabbitmq/config/lease', { ttl, max_ttl: maxTtl });
  await api('POST', 'rabbitmq/roles/app', { vhosts: '{"/":{"read":".*","write":".*","configure":""}}' });
  return {
    users: () => [...users],
    async [Symbol.asyncDispose]() {
      broker.closeAllConnections();
      await new Promise((resolve) => {
        broker.close(resolve);
      });
    },
  };
}
