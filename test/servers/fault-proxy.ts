import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DeafPort, occupy } from './deaf-port.ts';
import { freePort } from './port.ts';

/**
 * What networks do to connections, living ones included.
 *
 * - `refused`: nobody listens
 * - `black_hole`: connections are taken, and not a byte gets through any more
 * - `syn_dropped`: not even connections are taken
 * - `reset`: connections are reset
 * - `slow`: answers come a byte at a time
 */
export type NetworkFault = 'refused' | 'black_hole' | 'syn_dropped' | 'reset' | 'slow';

/** A TCP proxy that does to connections what networks do. */
export interface FaultProxy extends AsyncDisposable {
  readonly port: number;
  /** Ends every connection at once. New ones are taken. */
  cut(): void;
  /** Begins a fault in place of the present one, if there is one. */
  inflict(fault: NetworkFault): Promise<void>;
  /** Ends the fault. Connections from which bytes were lost stay lost, as they do. */
  heal(): Promise<void>;
}

/** A byte of a slow answer takes this long. */
const BYTE_MS = 50;

type Pair = readonly [near: Socket, far: Socket];

/** @param target Where connections lead: host and port. */
export async function startFaultProxy(target: URL): Promise<FaultProxy> {
  const pairs = new Set<Pair>();
  let fault: NetworkFault | undefined;
  let deaf: DeafPort | undefined;
  const take = (near: Socket): void => {
    if (fault === 'reset') return void near.on('error', () => undefined).resetAndDestroy();
    const pair = [near, connect(Number(target.port || 443), target.hostname)] as const;
    pairs.add(pair);
    join(pair, () => pairs.delete(pair));
    if (fault === 'black_hole') freeze(pair);
    else flow(pair, () => fault === 'slow');
  };
  // Nobody else is given it while the proxy does not listen.
  const port = await freePort();
  let server = await listen(port, take);
  const cut = (): void => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  };
  const heal = async (): Promise<void> => {
    fault = undefined;
    await deaf?.[Symbol.asyncDispose]();
    deaf = undefined;
    if (!server.listening) server = await listen(port, take);
  };
  return {
    port,
    cut,
    heal,
    async inflict(next) {
      await heal();
      fault = next;
      if (next === 'black_hole' || next === 'syn_dropped') for (const pair of pairs) freeze(pair);
      if (next === 'reset') for (const [near] of pairs) near.resetAndDestroy();
      if (next === 'refused' || next === 'syn_dropped') server.close();
      if (next === 'refused') cut();
      if (next === 'syn_dropped') deaf = await occupy(port);
    },
    async [Symbol.asyncDispose]() {
      await heal();
      cut();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

async function listen(port: number, take: (near: Socket) => void): Promise<Server> {
  const server = createServer(take);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}

/** When one end is gone, so is the other. */
function join([near, far]: Pair, gone: () => void): void {
  for (const [from, to] of [
    [near, far],
    [far, near],
  ] as const) {
    from.on('error', () => undefined);
    from.once('close', () => {
      gone();
      to.destroy();
    });
  }
}

function flow([near, far]: Pair, isSlow: () => boolean): void {
  near.pipe(far);
  far.on('data', (chunk: Buffer) => {
    if (!isSlow()) return void near.write(chunk);
    far.pause();
    void trickle(chunk, near, isSlow).then(() => far.resume());
  });
  far.once('end', () => near.end());
}

async function trickle(chunk: Buffer, to: Socket, isSlow: () => boolean): Promise<void> {
  for (let sent = 0; sent < chunk.length && !to.destroyed;) {
    const piece = isSlow() ? chunk.subarray(sent, sent + 1) : chunk.subarray(sent);
    to.write(piece);
    sent += piece.length;
    await sleep(BYTE_MS);
  }
}

/** For good: whoever lost bytes cannot go on. */
function freeze([near, far]: Pair): void {
  near.unpipe(far).pause();
  far.removeAllListeners('data').removeAllListeners('end').pause();
}
