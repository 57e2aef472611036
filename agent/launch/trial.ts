import { createServer, get, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { AgentConfig, FileSpec } from '#contract/agent-config.ts';

const LOGIN = { auth: { client_token: 'trial', lease_duration: 3600, renewable: true } };
const SECRET = { data: { data: { key: 'value' }, metadata: { version: 1 } } };

/** A store that lets everybody in and has the same secret everywhere. */
const store: RequestListener = (request, response) => {
  const answer = request.url?.endsWith('/login') === true ? LOGIN : SECRET;
  request.resume().on('end', () => response.end(JSON.stringify(answer)));
};

/** Ports of loopback: one at which the store answers, and one that is free. */
export interface Ports {
  readonly store: number;
  readonly admin: number;
}

/** Starts the store, and finds the agent a port. */
export async function openPorts(): Promise<Ports> {
  const [{ port }, free] = [await listen(), await listen()];
  free.server.close();
  return { store: port, admin: free.port };
}

function listen(): Promise<{ readonly port: number; readonly server: Server }> {
  return new Promise((resolve) => {
    const server = createServer(store);
    server.listen(0, '127.0.0.1', () => resolve({ port: (server.address() as AddressInfo).port, server }));
  });
}

/** The status at a path of the agent's own port; undefined while nobody answers there. */
export function ask(port: number, path: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    }).on('error', () => resolve(undefined));
  });
}

/** What most templates do, and one function of those that few call. */
const TEMPLATES = {
  usual:
    '{{ with secret "secret/data/a" }}{{ range $k, $v := .Data.data }}{{ $k }}: {{ $v }}\n{{ end }}{{ end }}',
  unusual:
    '{{ with secret "secret/data/b" }}{{ if .Data.data.key }}{{ .Data.data.key | sha256Hex }}{{ end }}{{ end }}',
} as const;

/** The configuration of an agent that has all it needs in one directory. */
export function configuration(directory: string, ports: Ports): AgentConfig {
  const tokenFile = join(directory, 'token');
  const auth = { method: 'kubernetes', path: 'auth/kubernetes', role: 'trial', tokenFile } as const;
  const fileOf = ([name, text]: readonly [string, string]): FileSpec => ({
    name,
    volume: join(directory, 'secrets'),
    path: name,
    mode: 0o644,
    template: { text, left: '{{', right: '}}' },
  });
  return {
    version: 1,
    vault: { address: `http://127.0.0.1:${ports.store}`, auth, timeoutMs: 5000 },
    files: Object.entries(TEMPLATES).map(fileOf),
    pollMs: 300_000,
    startDeadlineMs: null,
    revokeOnShutdown: false,
    stateDirectory: join(directory, 'state'),
    adminAddress: '127.0.0.1',
    adminPort: ports.admin,
    terminationLog: join(directory, 'termination-log'),
  };
}
