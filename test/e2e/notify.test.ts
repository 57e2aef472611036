import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventuallySeen, fetchText, getPod, type Pod, statuses, waitReady } from './pods.ts';
import { setStage, type Stage } from './stage.ts';

const IMAGE = 'nvcr.io/nvidia/cuda:12.0-base';
const DIRECTORY = '/run/secrets/sidekey';
const ROTATIONS = 20;
const ADMIN_PORT = 9473;

/** How a server is told, the port that it serves, and its user. */
const SERVERS = [
  { how: 'http', port: 8001, uid: 0 },
  { how: 'signal', port: 8002, uid: 1000 },
  { how: 'never', port: 8003, uid: 0 },
] as const;

type Server = (typeof SERVERS)[number];

const commandLine = ({ how, port }: Server): readonly string[] => [
  '/nodejs/bin/node',
  '/reloading.js',
  how,
  String(port),
];

const [HTTP, SIGNAL] = SERVERS;
const SIGNAL_LINE = commandLine(SIGNAL).join(' ');

let stage: Stage;

beforeAll(async () => {
  stage = await setStage({});
  await putKey('key-0');
});

afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

async function putKey(key: string): Promise<void> {
  await stage.bao.api('POST', 'secret/data/ml/reloaded', { data: { key } });
}

/** A pod with a container for each server, every one with a file of its own. */
function manifest(
  name: string,
  servers: readonly Server[],
  change: { spec?: object; reload?: object } = {},
): string {
  const annotations = {
    'sidekey.dev/inject': 'true',
    'sidekey.dev/vault-role': 'ml-inference',
    'sidekey.dev/poll': '500ms',
    ...Object.fromEntries(
      servers.map(({ how }) => [`sidekey.dev/secret.${how}`, 'vault:secret/data/ml/reloaded#key']),
    ),
    'sidekey.dev/reload.http': `http:POST http://127.0.0.1:${HTTP.port}/reload`,
    'sidekey.dev/reload-header.http': 'X-Key: file:http',
    'sidekey.dev/reload.signal': `signal:SIGHUP ${SIGNAL_LINE}`,
  };
  const asked = servers.map(({ how }) => how);
  const kept = Object.entries({ ...annotations, ...change.reload }).filter(([key]) => {
    const [, file] = /^sidekey\.dev\/reload(?:-header)?\.(.*)$/u.exec(key) ?? [];
    return file === undefined || asked.some((how) => how === file);
  });
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, annotations: Object.fromEntries(kept) },
    spec: {
      terminationGracePeriodSeconds: 5,
      shareProcessNamespace: true,
      containers: servers.map((server) => ({
        name: server.how,
        image: IMAGE,
        command: commandLine(server),
        env: [{ name: 'KEY_FILE', value: `${DIRECTORY}/${server.how}` }],
        securityContext: { runAsUser: server.uid },
      })),
      ...change.spec,
    },
  });
}

const create = (text: string): Promise<string> => stage.node.kubectl(['create', '-f', '-'], text);

interface Answer {
  readonly pid: number;
  readonly uid: number;
  readonly born: string;
  readonly key: string;
  readonly told: number;
}

const ask = async (pod: Pod, { port }: Server): Promise<Answer> =>
  JSON.parse(await fetchText(stage.node, pod, port)) as Answer;

const askAll = (pod: Pod): Promise<Answer[]> => Promise.all(SERVERS.map((server) => ask(pod, server)));

/** A client that asks all servers all the time. */
class Hammer {
  readonly codes = new Map<string, number>();
  #stopped = false;
  readonly #work: Promise<void>;

  constructor(pod: Pod) {
    this.#work = this.#run(SERVERS.map(({ port }) => `http://${pod.status.podIP}:${port}/?[1-100]`));
  }

  async #run(urls: readonly string[]): Promise<void> {
    // Where there is no answer, curl writes 000 for its code.
    const options = ['--silent', '--max-time', '10', '--write-out', '%{http_code}\n'];
    const targets = urls.flatMap((url) => ['--output', '/dev/null', url]);
    while (!this.#stopped) {
      const { stdout } = await stage.node.attempt(['curl', ...options, ...targets]);
      for (const code of stdout.trim().split('\n')) this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#work;
  }
}

describe('a pod whose servers are told of changes', () => {
  it('keeps its processes through many rotations, and a client sees no request fail', async () => {
    const { node } = stage;
    await create(manifest('three-servers', SERVERS));
    const pod = await waitReady(node, 'three-servers');
    const agent = JSON.parse(
      await node.kubectl([
        'get',
        'pod',
        'three-servers',
        '-o',
        'jsonpath={.spec.initContainers[0].securityContext}',
      ]),
    ) as { readonly runAsUser: number };
    expect(agent.runAsUser).toBe(SIGNAL.uid);
    const before = await askAll(pod);
    expect(before.map(({ uid, key, told }) => [uid, key, told])).toEqual([
      [0, 'key-0', 0],
      [1000, 'key-0', 0],
      [0, 'key-0', 0],
    ]);
    const hammer = new Hammer(pod);
    for (let rotation = 1; rotation <= ROTATIONS; rotation += 1) {
      await putKey(`key-${rotation}`);
      await eventuallySeen(
        'the new key with all servers',
        () => askAll(pod),
        (answers) => answers.every(({ key }) => key === `key-${rotation}`),
        60,
      );
    }
    await hammer.stop();
    const after = await askAll(pod);
    expect(after.map(({ told }) => told)).toEqual([ROTATIONS, ROTATIONS, 0]);
    expect(after.map(({ pid, born }) => [pid, born])).toEqual(before.map(({ pid, born }) => [pid, born]));
    expect([...hammer.codes.keys()]).toEqual(['200']);
    expect(hammer.codes.get('200')).toBeGreaterThan(1000);
    const seen = await getPod(node, 'three-servers');
    const containers = statuses(seen).map(({ name, containerID, restartCount }) => [
      name,
      containerID,
      restartCount,
    ]);
    expect(containers).toEqual(statuses(pod).map(({ name, containerID }) => [name, containerID, 0]));
    const metrics = await fetchText(node, pod, ADMIN_PORT, '/metrics');
    expect(metrics).toContain(`sidekey_agent_notifications_total{kind="http",result="told"} ${ROTATIONS}`);
    expect(metrics).toMatch(/^sidekey_agent_notifications_total\{kind="signal",result="given_up"\} 0$/mu);
  });

  it('without a handler goes on with what it has, and the agent says why', async () => {
    const { node } = stage;
    const deaf = { how: 'never', port: 8003, uid: 1000 } as unknown as Server;
    const reload = { 'sidekey.dev/reload.never': `signal:SIGHUP ${commandLine(deaf).join(' ')}` };
    await create(manifest('deaf-server', [deaf], { reload }));
    const pod = await waitReady(node, 'deaf-server');
    const before = await ask(pod, deaf);
    await putKey('key-for-the-deaf');
    await eventuallySeen(
      'the reason in the log',
      () => node.kubectl(['logs', 'deaf-server', '--container=sidekey-agent']),
      (log) => log.includes('has no handler for it, and would end'),
    );
    // It reads its file for each request.
    expect(await ask(pod, deaf)).toEqual({ ...before, key: 'key-for-the-deaf' });
    expect(statuses(await getPod(node, 'deaf-server')).map(({ restartCount }) => restartCount)).toEqual([
      0, 0,
    ]);
  });
});

describe('a pod that asks for a signal', () => {
  it.each([
    [
      'shares no processes',
      { shareProcessNamespace: false },
      SIGNAL,
      /sidekey\.dev\/reload\.signal: .*expected spec\.shareProcessNamespace: true/u,
    ],
    [
      'runs as root',
      {},
      { ...SIGNAL, uid: 0 },
      /sidekey\.dev\/reload\.signal: .*runs as root; expected a runAsUser other than 0/u,
    ],
  ])('is denied with what to write if it %s', async (_, spec, server, message) => {
    await expect(create(manifest('denied', [server as Server], { spec }))).rejects.toThrow(message);
  });
});
