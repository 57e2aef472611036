import { expect, test } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import { eventOf } from '../../../injector/admission/event.ts';
import { review } from '../../../injector/admission/handler.ts';
import { examplePod, podWith, requestFor, SETTINGS } from './example.ts';

const OWNER = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'model-7', uid: 'an-uid', controller: true };

const owned = (pod: JsonObject, ...ownerReferences: readonly JsonObject[]): JsonObject => ({
  ...pod,
  metadata: { ...(pod['metadata'] as JsonObject), ownerReferences },
});

const event = (pod: JsonObject, dryRun = false) => {
  const request = { ...requestFor(pod), dryRun };
  return eventOf(request, review(request, SETTINGS));
};

const BAD = podWith({ 'sidekey.dev/inject': 'yes' });

test('the controller of a pod that is denied is told every reason', () => {
  expect(event(owned(BAD, { ...OWNER, uid: 'other', controller: false }, OWNER))).toMatchObject({
    involved: {
      kind: 'ReplicaSet',
      apiVersion: 'apps/v1',
      namespace: 'team-a',
      name: 'model-7',
      uid: 'an-uid',
    },
    type: 'Warning',
    reason: 'InjectionDenied',
    note: expect.stringMatching(/^A pod is denied: [^]*sidekey\.dev\/inject: is "yes"/u) as string,
  });
});

test('so is that of one that asks and gets no agent', () => {
  const foreign = examplePod({ containers: [{ name: 'vault-agent', image: 'vault' }] });
  expect(event(owned(foreign, OWNER))).toMatchObject({ reason: 'InjectionSkipped' });
});

test('so is that of one with something odd in it', () => {
  const odd = examplePod({}, { 'agent-no-such-thing': 'true' });
  expect(event(owned(odd, OWNER))).toMatchObject({ reason: 'InjectionWarning' });
});

test('of a pod that got what it asked for, or asked for nothing, nobody is told', () => {
  expect(event(owned(examplePod(), OWNER))).toBeUndefined();
  expect(event(owned(podWith({}), OWNER))).toBeUndefined();
});

test('on a dry run nobody is told', () => {
  expect(event(owned(BAD, OWNER), true)).toBeUndefined();
});

test('a pod that no controller has made has nobody to be told', () => {
  expect(event(BAD)).toBeUndefined();
  expect(event(owned(BAD, { ...OWNER, controller: false }))).toBeUndefined();
  expect(event(owned(BAD, { ...OWNER, uid: '' }))).toBeUndefined();
  expect(event(owned(BAD, { controller: true }))).toBeUndefined();
});
