import { afterAll, beforeAll, expect, test } from 'vitest';
import { CONTAINER } from '#contract/layout.ts';
import { Admission } from './admission-stage.ts';
import { agentOf, ASKS, ASKS_NATIVELY, mountsOf, NATIVE, VAULT } from './pods.ts';

let stage: Admission;

beforeAll(async () => {
  stage = await Admission.start('sidekey-test-native');
});

afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

test('a pod that asks in our own words has the agent between its mesh and its init containers', async () => {
  const initContainers = [
    { name: 'mesh', image: 'mesh', restartPolicy: 'Always' },
    { name: 'prepare', image: 'busybox' },
  ];
  const pod = await stage.create({ annotations: ASKS_NATIVELY, spec: { initContainers } });
  expect(pod.spec.initContainers?.map(({ name }) => name)).toEqual(['mesh', CONTAINER.run, 'prepare']);
  expect(mountsOf(pod.spec.containers[0])).toEqual(['/run/secrets/sidekey']);
  expect(pod.metadata.annotations).toEqual({ ...ASKS_NATIVELY, [`${NATIVE}status`]: 'injected' });
});

test('a pod that asks in nobody’s words, or another injector, is nobody’s business here', async () => {
  const { [`${NATIVE}inject`]: _, ...others } = ASKS_NATIVELY;
  const annotations = { ...others, 'org.infisical.com/inject': 'true', [`${NATIVE}nonsense`]: 'x' };
  expect(agentOf(await stage.create({ annotations }))).toBeUndefined();
  const message = await stage.refusal({ annotations: { ...annotations, ...ASKS_NATIVELY } });
  for (const key of ['org.infisical.com/inject', `${NATIVE}nonsense`]) expect(message).toContain(`${key}: `);
});

test('both families meet in one agent, each with a directory of its own', async () => {
  const pod = await stage.create({ annotations: { ...ASKS, ...ASKS_NATIVELY } });
  expect(pod.spec.initContainers?.map(({ name }) => name)).toEqual([CONTAINER.run]);
  expect(mountsOf(pod.spec.containers[0])).toEqual(['/vault/secrets', '/run/secrets/sidekey']);
  expect(pod.metadata.annotations).toMatchObject({
    [`${NATIVE}status`]: 'injected',
    [`${VAULT}agent-inject-status`]: 'injected',
  });
});
