import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP proxy that does to connections what networks do. */
export interface CuttableProxy extends AsyncDisposable {
  readonly port: number;
  /** Ends every connection at once. New ones are taken. */
  cut(): void;
  /** Lets nothing more through, and does not say so: neither to the present connections nor to new ones. */
  freeze(): void;
  /** Takes new connections again; those that were frozen stay so. */
  thaw(): void;
}

export async function startCuttableProxy(target: URL): Promise<CuttableProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let frozen = false;
  const server = createServer((near) => {
    const far = connect(Number(target.port || 443), target.hostname);
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const [from, to] of [pair, [far, near]] as const) {
      from.on('error', () => undefined);
      from.once('close', () => {
        pairs.delete(pair);
        to.destroy();
      });
    }
    if (!frozen) near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const cut = (): void => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    freeze() {
      frozen = true;
      for (const [near, far] of pairs) {
        near.unpipe(far).pause();
        far.unpipe(near).pause();
      }
    },
    thaw() {
      frozen = false;
    },
    async [Symbol.asyncDispose]() {
      cut();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
