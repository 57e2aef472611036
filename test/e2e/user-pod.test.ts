import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askModel, eventuallySeen, fetchText, getPod, type Pod, statuses, waitReady } from './pods.ts';
import { setStage, type Stage } from './stage.ts';

const manifest = (path: string): Promise<string> =>
  readFile(fileURLToPath(new URL(path, import.meta.url)), 'utf8');

const POD = await manifest('../../deploy/demo/pod.yaml');
const CALM_POD = await manifest('calm-pod.yaml');
const JOB = await manifest('worker-job.yaml');
const ADMIN_PORT = 9473;
const OUTAGE_SECONDS = 20;

let stage: Stage;

beforeAll(async () => {
  stage = await setStage({
    SIDEKEY_POLL: '1s',
    SIDEKEY_START_DEADLINE: '8s',
    SIDEKEY_REVOKE_ON_SHUTDOWN: 'true',
  });
  await putKey('first-key');
});

afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

async function putKey(key: string): Promise<void> {
  await stage.bao.api('POST', 'secret/data/ml/api-key', { data: { key } });
}

const create = (text: string): Promise<string> => stage.node.kubectl(['create', '-f', '-'], text);
const remove = (name: string): Promise<string> => stage.node.kubectl(['delete', 'pod', name, '--wait=true']);

/** The user's pod under another name, otherwise unchanged but for one replacement. */
const variant = (name: string, from = '', to = ''): string =>
  POD.replace('name: inference-pod', `name: ${name}`).replace(from, to);

/** Changes the annotation of the running pod, and waits until its kubelet has written it down in the pod's volumes. */
async function suspend(value: string, pod: Pod): Promise<void> {
  const { node } = stage;
  await node.kubectl(['annotate', '--overwrite', 'pod/calm-pod', `sidekey.dev/suspend=${value}`]);
  await eventuallySeen(
    `${value} in a volume`,
    () => askModel(node, pod),
    ({ now }) => now.endsWith(`\n${value}`),
    300,
  );
}

const restarts = (pod: Pod): number => statuses(pod).reduce((sum, { restartCount }) => sum + restartCount, 0);

async function loginAccessors(): Promise<readonly string[]> {
  const entries = await stage.bao.audit();
  return entries
    .filter(({ type, request }) => type === 'response' && request.path === 'auth/kubernetes/login')
    .flatMap(({ response }) => response?.auth?.accessor ?? []);
}

async function revokedAccessors(): Promise<readonly string[]> {
  const entries = await stage.bao.audit();
  return entries
    .filter(
      ({ type, request, error }) =>
        type === 'response' && request.path === 'auth/token/revoke-self' && !error,
    )
    .flatMap(({ auth }) => auth?.accessor ?? []);
}

describe('the user’s pod on a real node', () => {
  it('starts with its secret, keeps its server through a rotation, and leaves no token behind', async () => {
    const { node } = stage;
    await create(POD);
    const pod = await waitReady(node, 'inference-pod');
    expect(pod.spec.initContainers?.map(({ name }) => name)).toEqual(['sidekey-agent']);
    expect(pod.spec.containers.map(({ name }) => name)).toEqual(['model-server']);
    expect(pod.status.qosClass).toBe('BestEffort');

    const before = await askModel(node, pod);
    expect(before.first).toContain('first-key');
    expect(before).toMatchObject({ pid: 1, uid: 0, visibleDevices: 'all' });
    const metrics = await fetchText(node, pod, ADMIN_PORT, '/metrics');
    expect(metrics).toMatch(/^sidekey_agent_first_render_seconds [0-9.]+$/mu);

    await putKey('second-key');
    const after = await eventuallySeen(
      'the new key',
      () => askModel(node, pod),
      ({ now }) => now.includes('second-key'),
    );
    expect(after).toMatchObject({ pid: before.pid, model: before.model, first: before.first });
    const rotated = await getPod(node, 'inference-pod');
    expect(rotated.status.containerStatuses?.map(({ containerID }) => containerID)).toEqual(
      pod.status.containerStatuses?.map(({ containerID }) => containerID),
    );
    expect(restarts(rotated)).toBe(0);
    expect(rotated.status.qosClass).toBe(pod.status.qosClass);

    const [accessor] = await loginAccessors();
    expect(await revokedAccessors()).toEqual([]);
    await remove('inference-pod');
    expect(await revokedAccessors()).toEqual([accessor]);
  });

  it('runs the agent as a user without privileges, with nothing of the accelerator', async () => {
    const { node } = stage;
    await create(variant('looked-into'));
    await waitReady(node, 'looked-into');
    const seen = JSON.parse(
      await node.kubectl(['get', 'pod', 'looked-into', '-o', 'jsonpath={.spec.initContainers[0]}']),
    ) as { readonly resources?: unknown };
    expect(seen).toMatchObject({
      securityContext: { runAsUser: 65_532, runAsNonRoot: true, readOnlyRootFilesystem: true },
      env: expect.arrayContaining([{ name: 'NVIDIA_VISIBLE_DEVICES', value: 'void' }]),
    });
    expect(seen.resources ?? {}).toEqual({});
    await remove('looked-into');
  });

  it('waits out a store that is down when the pod starts', async () => {
    const { node, bao } = stage;
    await bao.halt();
    await create(variant('patient-pod'));
    await sleep(OUTAGE_SECONDS * 1000);
    const waiting = await getPod(node, 'patient-pod');
    expect(waiting.status.phase).toBe('Pending');
    expect(restarts(waiting)).toBe(0);
    await bao.restart();
    const pod = await waitReady(node, 'patient-pod');
    expect(restarts(pod)).toBe(0);
    expect((await askModel(node, pod)).first).toContain('second-key');

    // Once it runs, an outage does not even make it unready.
    await bao.halt();
    await sleep(5000);
    const bereft = await getPod(node, 'patient-pod');
    expect(bereft.status.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
    expect(restarts(bereft)).toBe(0);
    await bao.restart();
    await remove('patient-pod');
  });

  it('is complete when its work is done, if it is a Job’s', async () => {
    const { node } = stage;
    await create(JOB);
    await node.kubectl(['wait', '--for=condition=Complete', 'job/worker', '--timeout=240s']);
    const found = await node.kubectl(['get', 'pods', '--selector=job-name=worker', '--output=json']);
    const { items } = JSON.parse(found) as { readonly items: readonly Pod[] };
    expect(items.map(({ status }) => status.phase)).toEqual(['Succeeded']);
    expect(items.map(restarts)).toEqual([0]);
    await node.kubectl(['delete', 'job', 'worker', '--wait=true']);
  });

  it('rests while its annotation says so, and has a variable out of a file of the agent', async () => {
    const { node } = stage;
    await putKey('first-key');
    await create(CALM_POD);
    const pod = await waitReady(node, 'calm-pod');
    expect((await askModel(node, pod)).key).toBe('first-key');
    const ids = statuses(pod).map(({ containerID }) => containerID);

    await suspend('true', pod);
    await putKey('later-key');
    await sleep(5000);
    expect((await askModel(node, pod)).now).toContain('first-key');
    await suspend('false', pod);
    const after = await eventuallySeen(
      'the new key',
      () => askModel(node, pod),
      ({ now }) => now.includes('later-key'),
    );
    // An environment is what it was when the process began.
    expect(after.key).toBe('first-key');
    const rested = await getPod(node, 'calm-pod');
    expect(restarts(rested)).toBe(0);
    expect(statuses(rested).map(({ containerID }) => containerID)).toEqual(ids);
    await remove('calm-pod');
  });

  it.each([
    ['wrong-role', 'role: "ml-inference"', 'role: "no-such-role"', /role/u],
    [
      'wrong-path',
      'secret/data/ml/api-key',
      'secret/data/ml/nothing-here',
      /secret\/data\/ml\/nothing-here/u,
    ],
    [
      'forbidden-path',
      'secret/data/ml/api-key',
      'secret/data/other/api-key',
      /secret\/data\/other\/api-key/u,
    ],
  ])('tells in `kubectl describe` what to fix: %s', async (name, from, to, message) => {
    const { node } = stage;
    await create(variant(name, from, to));
    const described = await eventuallySeen(
      'the reason in kubectl describe',
      () => node.kubectl(['describe', 'pod', name]),
      (text) => /Message:/u.test(text),
    );
    expect(described).toMatch(message);
    const pod = await getPod(node, name);
    expect(pod.status.containerStatuses?.[0]?.state).toHaveProperty('waiting');
    await remove(name);
  });
});
