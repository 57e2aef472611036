import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askModel, eventuallySeen, getPod, type ModelAnswer, type Pod, statuses, waitReady } from './pods.ts';
import { setStage, type Stage } from './stage.ts';

const POD = await readFile(fileURLToPath(new URL('two-stores.yaml', import.meta.url)), 'utf8');
const OUTAGE_MS = 5000;

let stage: Stage;

beforeAll(async () => {
  stage = await setStage({ SIDEKEY_START_DEADLINE: '8s' });
});

afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

const rotateVault = (key: string): Promise<unknown> =>
  stage.bao.api('POST', 'secret/data/ml/two-stores', { data: { key } });

const rotateInfisical = (value: string): Promise<void> => stage.infisical.write('MODEL_TOKEN', value);

/** The pod of `two-stores.yaml` under a name, otherwise unchanged but for one replacement. */
async function createPod(name: string, from = '', to = ''): Promise<void> {
  const manifest = POD.replace('name: two-stores', `name: ${name}`)
    .replace(from, to)
    .replace('IDENTITY', stage.infisical.identity);
  await stage.node.kubectl(['create', '-f', '-'], manifest);
}

const remove = (name: string): Promise<string> => stage.node.kubectl(['delete', 'pod', name, '--wait=true']);

/** What the three files hold, one after another, with these values in the stores. */
const filesWith = (vault: string, infisical: string): string =>
  `${vault}\nMODEL_TOKEN='${infisical}'\n\nvault=${vault}\ninfisical=${infisical}\n`;

const seesNow = (pod: Pod, files: string): Promise<ModelAnswer> =>
  eventuallySeen(
    files,
    () => askModel(stage.node, pod),
    ({ now }) => now === files,
  );

/** What would change if the pod or its model server were another. */
async function identityOf(name: string): Promise<object> {
  const pod = await getPod(stage.node, name);
  const { pid, model, first } = await askModel(stage.node, pod);
  const containers = statuses(pod).map(({ containerID, restartCount }) => ({ containerID, restartCount }));
  return { pid, model, first, containers, qosClass: pod.status.qosClass };
}

describe('a pod with secrets of Vault and of Infisical on a real node', () => {
  it('starts with both, and its model server sees both rotate', async () => {
    await rotateVault('v1');
    await rotateInfisical('i1');
    await createPod('two-stores');
    const pod = await waitReady(stage.node, 'two-stores');
    expect(pod.spec.initContainers?.map(({ name }) => name)).toEqual(['sidekey-agent']);
    expect(pod.status.qosClass).toBe('BestEffort');
    expect(await askModel(stage.node, pod)).toMatchObject({ pid: 1, first: filesWith('v1', 'i1') });
    const before = await identityOf('two-stores');

    await rotateInfisical('i2');
    await seesNow(pod, filesWith('v1', 'i2'));
    await rotateVault('v2');
    await seesNow(pod, filesWith('v2', 'i2'));
    expect(await identityOf('two-stores')).toEqual(before);
    expect(statuses(await getPod(stage.node, 'two-stores')).map(({ restartCount }) => restartCount)).toEqual([
      0, 0,
    ]);
  });

  it('keeps its files and stays ready while Infisical is down, and Vault goes on', async () => {
    const pod = await getPod(stage.node, 'two-stores');
    const before = await identityOf('two-stores');
    await stage.infisical.down();
    await rotateVault('v3');
    await seesNow(pod, filesWith('v3', 'i2'));
    await sleep(OUTAGE_MS);
    const bereft = await getPod(stage.node, 'two-stores');
    expect(bereft.status.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
    expect((await askModel(stage.node, pod)).now).toBe(filesWith('v3', 'i2'));
    await stage.infisical.up();
    await rotateInfisical('i3');
    await seesNow(pod, filesWith('v3', 'i3'));
    expect(await identityOf('two-stores')).toEqual(before);
    await remove('two-stores');
  });

  it.each([
    [
      'wrong-identity',
      'infisical-identity: IDENTITY',
      'infisical-identity: 00000000-0000-4000-8000-000000000000',
      /Cannot log in to Infisical as identity 00000000-0000-4000-8000-000000000000 .* there is no such identity/u,
    ],
    [
      'wrong-audience',
      'infisical-audience: infisical',
      'infisical-audience: elsewhere',
      /Cannot log in to Infisical as identity .* the API server does not accept the service-account token/u,
    ],
  ])('tells in `kubectl describe` what to fix: %s', async (name, from, to, message) => {
    await createPod(name, from, to);
    const described = await eventuallySeen(
      'the reason in kubectl describe',
      () => stage.node.kubectl(['describe', 'pod', name]),
      (text) => /Message:/u.test(text),
    );
    expect(described).toMatch(message);
    const pod = await getPod(stage.node, name);
    expect(pod.status.containerStatuses?.[0]?.state).toHaveProperty('waiting');
    await remove(name);
  });
});
