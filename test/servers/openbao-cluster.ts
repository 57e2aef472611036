import type { ChildProcess } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { type AuditEntry, readAudit } from './audit.ts';
import { eventually } from './eventually.ts';
import { type Api, createApiClient, field } from './openbao-api.ts';
import { findOpenBao } from './openbao-binary.ts';
import { end, launch, type Place, prepare } from './openbao-process.ts';

/** A loaded machine is slow, and nodes take their time to choose one of them. */
const PATIENCE_MS = 60_000;

/** Several nodes of OpenBao that share their storage, of which one is active and the others stand by. */
export interface OpenBaoCluster extends AsyncDisposable {
  /** Where the nodes are; the first one is active at first. */
  readonly addresses: readonly string[];
  /** Asks with the root token, through a node that runs. */
  readonly api: Api;
  /** Waits until the address of the active node is known, and gives it. */
  active(): Promise<string>;
  /** Kills a node, and waits until another is active. */
  kill(address: string): Promise<void>;
  /** What any of the nodes was asked. */
  audit(): Promise<readonly AuditEntry[]>;
}

/** A node: what it has on this machine, its process, and how to ask it. */
interface Node {
  readonly place: Place;
  readonly process: ChildProcess;
  readonly client: ReturnType<typeof createApiClient>;
}

/** Starts a cluster with KV v2 at `secret/`. It dies with the calling process. */
export async function startOpenBaoCluster(size = 3): Promise<OpenBaoCluster> {
  const nodes: Node[] = [];
  for (let index = 0; index < size; index += 1)
    nodes.push(await startNode(`node-${index}`, nodes[0]?.place.auditFile));
  const running = new Set(nodes);
  const any = (): Node => {
    const [node] = running;
    if (node === undefined) throw new Error('No node of the cluster runs any more');
    return node;
  };
  const active = (): Promise<string> =>
    eventually('an active node', PATIENCE_MS, async () => {
      const leader = field(await any().client.call('GET', 'sys/leader'), 'leader_address');
      const known = [...running].find(({ place }) => place.address === leader);
      if (known === undefined) throw new Error('No node that runs is active');
      await known.client.call('GET', 'sys/health');
      return known.place.address;
    });
  await join(nodes);
  return {
    addresses: nodes.map(({ place }) => place.address),
    api: (...request) => any().client.call(...request),
    active,
    async kill(address) {
      const node = nodes.find(({ place }) => place.address === address);
      if (node === undefined) throw new Error(`No node has the address ${address}`);
      running.delete(node);
      node.process.kill('SIGKILL');
      await end(node.process);
      await active();
    },
    audit: () => readAudit(nodes[0]?.place.auditFile ?? ''),
    async [Symbol.asyncDispose]() {
      await Promise.all(nodes.map(stop));
    },
  };
}

async function startNode(name: string, auditFile: string | undefined): Promise<Node> {
  const binary = await findOpenBao();
  const place = await prepare(binary, { storage: 'disk', tls: false, node: { name, auditFile } });
  const node = { place, process: await launch(binary, place), client: createApiClient(place, false) };
  await eventually(`an answer of ${name}`, PATIENCE_MS, () => node.client.call('GET', 'sys/seal-status'));
  return node;
}

/** The first node makes the keys; the others join it, and are unsealed with the same. */
async function join([first, ...others]: readonly Node[]): Promise<void> {
  if (first === undefined) throw new Error('A cluster has at least one node');
  const { call } = first.client;
  const init = await call('PUT', 'sys/init', { secret_shares: 1, secret_threshold: 1 });
  const key = String(field(init, 'keys_base64', 0));
  const rootToken = String(field(init, 'root_token'));
  await call('PUT', 'sys/unseal', { key });
  await eventually('the first node to be active', PATIENCE_MS, () => call('GET', 'sys/health'));
  first.client.rootToken = rootToken;
  await call('POST', 'sys/storage/raft/autopilot/configuration', { server_stabilization_time: '1s' });
  for (const { client } of others) {
    await client.call('PUT', 'sys/storage/raft/join', { leader_api_addr: first.place.address });
    await client.call('PUT', 'sys/unseal', { key });
    await eventually('a node to stand by', PATIENCE_MS, () =>
      client.call('GET', 'sys/health?standbyok=true&perfstandbyok=true'),
    );
    client.rootToken = rootToken;
  }
  // Who has just joined has no vote, and would leave the others without a majority.
  await eventually('a vote for each node', PATIENCE_MS, async () => {
    const servers = field(await call('GET', 'sys/storage/raft/configuration'), 'data', 'config', 'servers');
    const voters = Array.isArray(servers) ? servers.filter((server) => field(server, 'voter') === true) : [];
    if (voters.length <= others.length) throw new Error(`${voters.length} nodes have a vote`);
  });
  await call('POST', 'sys/mounts/secret', { type: 'kv', options: { version: '2' } });
  await eventually('KV', PATIENCE_MS, () => call('GET', 'secret/config'));
}

async function stop({ place, process, client }: Node): Promise<void> {
  await end(process);
  await client.close();
  await rm(place.directory, { recursive: true, force: true });
}
