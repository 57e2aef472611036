import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from './server.ts';

/** Whom to ask. */
export interface Asked {
  readonly how: string;
  /** That its certificate has to be made out to. */
  readonly name: string;
  readonly port: number;
}

export interface Question {
  readonly address: string;
  readonly caPem: string;
  readonly servers: readonly Asked[];
}

/** A line of the output: what a server was seen to be that it was not before, a request that failed, or the sum of all. */
export type Line =
  | { readonly how: string; readonly seen: Answer; readonly serial: string }
  | { readonly how: string; readonly failed: string }
  | { readonly how: string; readonly asked: number };

// A client that asks every server all the time, until its input ends: each request over a connection of its own, so that the
// certificate is looked at and the database is logged in to each time.
const { address, caPem, servers } = JSON.parse(process.argv[2] ?? '') as Question;

/** Of two cores there is to be something left for the others. */
const PAUSE_MS = 40;
const LONGEST_MS = 20_000;

type Found = Pick<Extract<Line, { seen: Answer }>, 'seen' | 'serial'>;

async function read(response: IncomingMessage): Promise<Found> {
  const { serialNumber: serial } = (response.socket as TLSSocket).getPeerCertificate();
  const text = Buffer.concat((await response.toArray()) as Buffer[]).toString();
  if (response.statusCode !== 200) throw new Error(`${response.statusCode} ${text}`);
  return { seen: JSON.parse(text) as Answer, serial };
}

function ask({ name, port }: Asked): Promise<Found> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(LONGEST_MS);
    const place = { host: address, port, ca: caPem, servername: name, headers: { host: name } };
    const asking = request({ ...place, agent: false, signal }, (response) => {
      resolve(read(response));
    });
    asking.on('error', reject);
    asking.end();
  });
}

const print = (line: Line): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

const stop = new AbortController();
process.stdin.on('end', () => stop.abort());
process.stdin.resume();

await Promise.all(
  servers.map(async (server) => {
    const { how } = server;
    let last = '';
    let asked = 0;
    for (; !stop.signal.aborted; asked += 1) {
      try {
        const found = await ask(server);
        if (JSON.stringify(found) !== last) print({ how, ...found });
        last = JSON.stringify(found);
      } catch (error) {
        print({ how, failed: String(error) });
      }
      await sleep(PAUSE_MS);
    }
    print({ how, asked });
  }),
);
