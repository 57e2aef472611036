import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where one replica takes requests, and says that it does. */
export interface Backend {
  readonly port: number;
  ready(): Promise<boolean>;
}

/** What a Service does: sends each new connection to one of the backends that are ready, in turns. */
export class Service implements AsyncDisposable {
  readonly #server: Server;
  readonly #backends: readonly Backend[];
  readonly #sockets = new Set<Socket>();
  readonly #ways = new Map<number, Backend>();
  #ready: readonly Backend[] = [];
  #turn = 0;
  #stopped = false;

  private constructor(backends: readonly Backend[]) {
    this.#backends = backends;
    this.#server = createServer((client) => this.#forward(client));
  }

  static async start(backends: readonly Backend[], port: number): Promise<Service> {
    const service = new Service(backends);
    await new Promise<void>((resolve) => service.#server.listen(port, '127.0.0.1', () => resolve()));
    void service.#look();
    return service;
  }

  /** Whether it sends connections to the backend at that port. */
  leadsTo(port: number): boolean {
    return this.#ready.some((backend) => backend.port === port);
  }

  /** Where the last connection from that port of a client went; undefined if no backend was ready. */
  backendOf(clientPort: number): Backend | undefined {
    return this.#ways.get(clientPort);
  }

  /** As often as an endpoint controller would be told. */
  async #look(): Promise<void> {
    while (!this.#stopped) {
      const ready = await Promise.all(this.#backends.map((one) => one.ready().catch(() => false)));
      this.#ready = this.#backends.filter((_, index) => ready[index]);
      await sleep(100);
    }
  }

  #forward(client: Socket): void {
    this.#turn += 1;
    const backend = this.#ready[this.#turn % this.#ready.length];
    this.#sockets.add(client);
    client.once('close', () => this.#sockets.delete(client)).on('error', () => client.destroy());
    const { remotePort = 0 } = client;
    if (backend === undefined) {
      this.#ways.delete(remotePort);
      client.destroy();
      return;
    }
    this.#ways.set(remotePort, backend);
    const server = connect(backend.port, '127.0.0.1');
    server.on('error', () => client.destroy()).once('close', () => client.destroy());
    client.once('close', () => server.destroy());
    client.pipe(server).pipe(client);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
