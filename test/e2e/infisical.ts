import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Orders, Switch, World } from '../servers/infisical/process.ts';
import type { ClusterNode } from '../servers/node.ts';

const PROCESS = fileURLToPath(new URL('../servers/infisical/process.ts', import.meta.url));

/** As `two-stores.yaml` names them. */
const AUDIENCE = 'infisical';
const PROJECT = 'ml';
const FOLDER = 'serving';

/** An Infisical on the cluster's network. It asks the cluster's API server who a pod is. */
export interface NodeInfisical extends AsyncDisposable {
  readonly address: string;
  /** The identity of the pods of the namespace `default`. */
  readonly identity: string;
  /** That of the sync. */
  readonly syncIdentity: string;
  /** Writes a secret of the folder. */
  write(key: string, value: string): Promise<void>;
  /** Refuses connections until it is up again. */
  down(): Promise<void>;
  up(): Promise<void>;
}

/**
 * @param reviewer A token of an account that may review tokens.
 * @throws {Error} If it does not come up; the process is then gone.
 */
export async function startInfisical(node: ClusterNode, reviewer: string): Promise<NodeInfisical> {
  const [file, ...args] = node.enter([process.execPath, PROCESS]);
  await using stack = new AsyncDisposableStack();
  const child = stack.adopt(spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }), end);
  const orders: Orders = {
    host: node.address,
    reviewer: { ...node.apiServer, token: reviewer },
    audience: AUDIENCE,
    project: PROJECT,
  };
  const world = (await exchange(child, orders)) as World;
  const write = await createWriter(node, world);
  const cleanup = stack.move();
  return {
    address: world.address,
    identity: world.readerId,
    syncIdentity: world.syncId,
    write,
    down: async () => void (await exchange(child, 'down')),
    up: async () => void (await exchange(child, 'up')),
    [Symbol.asyncDispose]: () => cleanup.disposeAsync(),
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill();
  await ended;
}

/** Sends a message and waits for the answer. */
async function exchange(child: ChildProcess, message: Orders | Switch): Promise<unknown> {
  const failed = new AbortController();
  const answer = once(child, 'message', { signal: failed.signal });
  child.once('exit', () => failed.abort(new Error('The process of the fake Infisical has ended')));
  child.send(message);
  const [told] = (await answer) as [unknown];
  return told;
}

/** Writes through the API, as people do who rotate a secret. */
async function createWriter(
  node: ClusterNode,
  { address, projectId, writer }: World,
): Promise<NodeInfisical['write']> {
  const place = { projectId, environment: 'prod' };
  const login = await call(node, `POST ${address}/api/v1/auth/universal-auth/login`, writer);
  const { accessToken } = login as { readonly accessToken: string };
  await call(node, `POST ${address}/api/v2/folders`, { ...place, path: '/', name: FOLDER }, accessToken);
  const known = new Set<string>();
  return async (key, value) => {
    const method = known.has(key) ? 'PATCH' : 'POST';
    const secret = { ...place, secretPath: `/${FOLDER}`, secretValue: value };
    await call(node, `${method} ${address}/api/v4/secrets/${key}`, secret, accessToken);
    known.add(key);
  };
}

/** One request from the cluster's network. */
async function call(node: ClusterNode, request: string, body: object, token?: string): Promise<unknown> {
  const [method = '', url = ''] = request.split(' ');
  const authorization = token === undefined ? [] : ['--header', `authorization: Bearer ${token}`];
  const headers = ['--header', 'content-type: application/json', ...authorization];
  const options = ['--silent', '--show-error', '--fail-with-body', '--max-time', '30', '--request', method];
  const command = ['curl', ...options, ...headers, '--data', '@-', url];
  return JSON.parse(await node.run(command, JSON.stringify(body)));
}
