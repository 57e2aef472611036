import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mountDatabase } from '../servers/database.ts';
import { field } from '../servers/openbao-api.ts';
import { type Postgres, startPostgres } from '../servers/postgres.ts';
import { writePolicy } from '../servers/service-account.ts';
import { eventuallySeen, fetchText, getPod, statuses, waitReady } from './pods.ts';
import { Client } from './rotating/client.ts';
import {
  GENERATION,
  installProgram,
  manifest,
  nameOf,
  rolesOf,
  type Server,
  SERVERS,
} from './rotating/servers.ts';
import { setStage, type Stage } from './stage.ts';

const POD = 'three-servers';
const ROTATIONS = 50;
const ADMIN_PORT = 9473;

/** Of logins and certificates. A server is told with half of it left, which is long for the busiest of machines. */
const LIFE = '30s';

const HOWS = SERVERS.map(({ how }) => how);
const [, SIGNAL] = SERVERS;

const stack = new AsyncDisposableStack();
let stage: Stage;
let postgres: Postgres;
let caPem: string;

beforeAll(async () => {
  stage = stack.use(await setStage({}));
  const { node, bao } = stage;
  await installProgram(node);
  postgres = stack.use(await startPostgres({ network: node }));
  await mountDatabase(bao.api, postgres, { ttl: LIFE, maxTtl: LIFE, roles: SERVERS.flatMap(rolesOf) });
  caPem = await mountCertificates();
  await writePolicy(bao.api, 'ml-inference', {
    'secret/data/ml/*': ['read'],
    'database/creds/*': ['read'],
    'pki/issue/model': ['update'],
  });
  await putGeneration(0);
});

afterAll(() => stack.disposeAsync());

async function putGeneration(number: number): Promise<void> {
  const data = { key: `key-${number}`, turn: number % 2 === 0 ? 'even' : 'odd' };
  await stage.bao.api('POST', GENERATION, { data });
}

/** Gives the authority that certificates are to be verified by. */
async function mountCertificates(): Promise<string> {
  const { api } = stage.bao;
  await api('POST', 'sys/mounts/pki', { type: 'pki' });
  const root = { common_name: 'Root', ttl: '24h', key_type: 'ec' };
  const made = await api('POST', 'pki/root/generate/internal', root);
  const terms = { allow_any_name: true, key_type: 'ec', key_bits: 256, not_before_duration: '0s', ttl: LIFE };
  await api('POST', 'pki/roles/model', terms);
  return String(field(made, 'data', 'certificate'));
}

const create = (text: string): Promise<string> => stage.node.kubectl(['create', '-f', '-'], text);

const KINDS = ['key', 'user', 'serial'] as const;

/** How often each kind of secret was seen to be replaced, with each server. */
const rotations = (client: Client): number[] =>
  HOWS.flatMap((how) => KINDS.map((kind) => client.different(how, kind) - 1));

/** Has everything replaced again and again, each time when the client has seen it with every server. */
async function rotate(client: Client): Promise<void> {
  await eventuallySeen(
    'the first of everything with all servers',
    () => Promise.resolve(rotations(client)),
    (counts) => counts.every((count) => count === 0),
  );
  for (let rotation = 1; rotation <= ROTATIONS; rotation += 1) {
    await putGeneration(rotation);
    await eventuallySeen(
      'another key, login and certificate with all servers',
      () => Promise.resolve(rotations(client)),
      (counts) => counts.every((count) => count >= rotation),
    );
  }
}

/** Waits until what is issued was replaced everywhere because half of its life was over. */
async function outlive(client: Client): Promise<void> {
  const before = rotations(client);
  await eventuallySeen(
    'another login and certificate with all servers',
    () => Promise.resolve(rotations(client)),
    (counts) => counts.filter((count, index) => count > (before[index] ?? 0)).length === 2 * HOWS.length,
  );
}

/** What there is of every container now that would change if it were started again. */
async function lives(): Promise<readonly (readonly [name: string, id: string, restarts: number])[]> {
  const pod = await getPod(stage.node, POD);
  return statuses(pod).map(
    ({ name, containerID, restartCount }) => [name, containerID, restartCount] as const,
  );
}

describe('a pod whose servers are told of changes', { timeout: 900_000 }, () => {
  it('keeps its processes through many rotations of every kind, and a client sees no request fail', async () => {
    const { node } = stage;
    const database = new URL(postgres.url).host;
    await create(manifest(POD, SERVERS, { database }));
    const pod = await waitReady(node, POD);
    const before = await lives();
    expect(before.map(([, , restarts]) => restarts)).toEqual([0, 0, 0, 0]);
    const servers = SERVERS.map(({ how, port }) => ({ how, port, name: nameOf(how) }));
    await using client = new Client(node, { address: pod.status.podIP ?? '', caPem, servers });
    await rotate(client);
    await outlive(client);
    await client.stop();

    expect(client.failed).toEqual([]);
    expect(await lives()).toEqual(before);
    for (const { how, uid } of SERVERS) {
      expect([how, client.different(how, 'pid'), client.different(how, 'born')]).toEqual([how, 1, 1]);
      expect(client.seen(how).at(-1)).toMatchObject({ uid, refused: 0 });
      expect(client.asked.get(how)).toBeGreaterThan(4 * ROTATIONS);
    }
    expect(Math.min(...rotations(client))).toBe(ROTATIONS);
    expect(client.seen('never').at(-1)?.told).toBe(0);
    // PostgreSQL writes down whom it does not let in.
    expect(await readFile(postgres.logFile, 'utf8')).not.toMatch(/authentication failed/u);
    const metrics = await fetchText(node, pod, ADMIN_PORT, '/metrics');
    expect(metrics).toMatch(/^sidekey_agent_notifications_total\{kind="http",result="failed"\} 0$/mu);
    expect(metrics).toMatch(/^sidekey_agent_notifications_total\{kind="http",result="given_up"\} 0$/mu);
    const log = await node.kubectl(['logs', POD, '--container=sidekey-agent']);
    expect(log).toContain('has no handler for it, and would end');
    expect(log).not.toMatch(/key-\d/u);
  });
});

describe('a pod that asks for a signal', () => {
  it.each([
    [
      'shares no processes',
      { shareProcessNamespace: false },
      SIGNAL,
      /sidekey\.dev\/reload\.signal-key: .*expected spec\.shareProcessNamespace: true/u,
    ],
    [
      'runs as root',
      {},
      { ...SIGNAL, uid: 0 },
      /sidekey\.dev\/reload\.signal-key: .*runs as root; expected a runAsUser other than 0/u,
    ],
  ] as const satisfies [string, object, Server, RegExp][])(
    'is denied with what to write if it %s',
    async (_, spec, server, message) => {
      await expect(create(manifest('denied', [server], { spec }))).rejects.toThrow(message);
    },
  );
});
