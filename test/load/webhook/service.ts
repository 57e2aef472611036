import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Injector } from '../../servers/injector.ts';

/** How soon it is seen that a replica is ready, or is not any more. */
const LOOK_MS = 100;

/** One address for the replicas that say that they are ready, as a Service is one: connections go to each in turn. */
export interface Service extends AsyncDisposable {
  readonly url: string;
}

export async function openService(replicas: readonly Injector[]): Promise<Service> {
  let ready: readonly Injector[] = replicas;
  let turn = 0;
  const look = async (): Promise<void> => {
    const asked = await Promise.all(replicas.map(isReady));
    const found = replicas.filter((_, index) => asked[index] === true);
    // A Service without endpoints refuses, and one replica is there all the time.
    if (found.length > 0) ready = found;
  };
  const looking = setInterval(() => void look(), LOOK_MS);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    sockets.add(client);
    client.once('close', () => sockets.delete(client));
    turn += 1;
    join(client, [...ready.slice(turn % ready.length), ...ready.slice(0, turn % ready.length)]);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      clearInterval(looking);
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const isReady = (replica: Injector): Promise<boolean> =>
  replica.ask('/readyz').then(
    ({ status }) => status === 200,
    () => false,
  );

/** The first that takes the connection gets it: whoever has just died refuses. */
function join(client: Socket, [first, ...others]: readonly Injector[]): void {
  if (first === undefined) {
    client.destroy();
    return;
  }
  const upstream = connect(first.port, '127.0.0.1');
  upstream.once('error', () => {
    if (upstream.connecting || client.bytesWritten > 0 || upstream.bytesWritten > 0) client.destroy();
    else join(client, others);
  });
  upstream.once('connect', () => {
    client.pipe(upstream).pipe(client);
    upstream.once('close', () => client.destroy());
    client.once('close', () => upstream.destroy());
  });
  client.on('error', () => upstream.destroy());
}
