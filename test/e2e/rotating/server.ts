import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createSecureContext } from 'node:tls';
import { type Login, logIn } from '../../servers/database-login.ts';

/** What a server of `servers.ts` answers. */
export interface Answer {
  readonly pid: number;
  readonly uid: number;
  /** Another one with each start. */
  readonly born: string;
  readonly key: string;
  /** As whom the database let it in for this very request. */
  readonly user: string;
  /** How often it was told to read its files again. */
  readonly told: number;
  /** How often the database refused it what it had used until it was told. */
  readonly refused: number;
}

// A server that holds what it has read until it is told to read it again, in the way that its first argument says: over HTTP,
// by a signal, or never, and then it reads its files for each request. Its second argument is its port, for clients by TLS.
const [how = '', port = ''] = process.argv.slice(2);
const { FILES = '', DATABASE = '' } = process.env;
const database = { url: `postgresql://${DATABASE}` };

/** Pages for those in the pod are beside the one for clients. */
const ADMIN_OFFSET = 1000;

interface Holdings {
  readonly key: string;
  readonly login: Login;
  readonly identity: ReturnType<typeof createSecureContext>;
}

function read(): Holdings {
  const file = (name: string): string => readFileSync(`${FILES}-${name}`, 'utf8');
  const pem = file('certificate');
  return {
    key: file('key'),
    login: JSON.parse(file('login')) as Login,
    identity: createSecureContext({ key: pem, cert: pem }),
  };
}

const born = randomUUID();
let held = read();
let told = 0;
let refused = 0;

const current = (): Holdings => (how === 'never' ? read() : held);

async function answer(): Promise<Answer> {
  const { key, login } = current();
  const user = await logIn(database, login);
  return { pid: process.pid, uid: process.getuid?.() ?? -1, born, key, user, told, refused };
}

/** What it has used so far is to be good until it was told of something else. */
async function reload(): Promise<void> {
  const before = held;
  held = read();
  told += 1;
  await logIn(database, before.login).catch(() => {
    refused += 1;
  });
}

async function serve(response: ServerResponse): Promise<void> {
  try {
    response.end(JSON.stringify(await answer()));
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
}

createHttpsServer(
  { SNICallback: (_name, done) => done(null, current().identity) },
  (_request, response) => void serve(response),
).listen(Number(port));

async function hear({ method, headers }: IncomingMessage, response: ServerResponse): Promise<void> {
  const { key } = held;
  await reload();
  // Whoever asks has read the key a moment ago, and it may have changed since.
  const known = [key, held.key].some((each) => headers.authorization === `Bearer ${each}`);
  response.writeHead(method === 'POST' && known ? 204 : 403).end();
}

if (how === 'http')
  createHttpServer((request, response) => void hear(request, response)).listen(
    Number(port) + ADMIN_OFFSET,
    '127.0.0.1',
  );

if (how === 'signal') process.on('SIGHUP', () => void reload());
// Process 1 has no default action for SIGTERM.
process.on('SIGTERM', () => process.exit(0));
