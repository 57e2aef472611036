import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Ports that no system gives to whoever names none: below those of Linux (32768 and up), and below Kubernetes' node
 * ports. Between the look and the use of such a port nobody's outgoing connection takes it.
 */
const FIRST = 20_000;
const LAST = 29_999;

const given = new Set<number>();

/**
 * A TCP port that was free on loopback a moment ago, and that this process is not given again.
 *
 * @throws {Error} If none is free.
 */
export async function freePort(): Promise<number> {
  for (
    let port = randomInt(FIRST, LAST);
    given.size <= LAST - FIRST;
    port = port === LAST ? FIRST : port + 1
  ) {
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
  }
  throw new Error(`No port is free between ${FIRST} and ${LAST}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    );
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
