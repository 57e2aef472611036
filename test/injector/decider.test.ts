import { beforeEach, expect, test } from 'vitest';
import { VAULT_ROLES_KEY } from '#contract/binding.ts';
import type { JsonObject } from '#contract/json.ts';
import { createLog } from '#platform/log.ts';
import type { Occurrence } from '#platform/kubernetes/event-body.ts';
import { type NamespaceSettings, readNamespace } from '../../injector/annotations/namespace.ts';
import type { Cluster } from '../../injector/cluster/join.ts';
import { createDecider } from '../../injector/decider.ts';
import { createInjectorMetrics, type InjectorMetrics } from '../../injector/metrics.ts';
import { SteeredClock } from '../agent/steered-clock.ts';
import { annotations, nativeAnnotations, podWith, SETTINGS } from './admission/example.ts';

let known: Map<string, NamespaceSettings>;
let arrive: () => void;
let events: Occurrence[];
let metrics: InjectorMetrics;

beforeEach(() => {
  known = new Map([['team-a', readNamespace({})]]);
  events = [];
  metrics = createInjectorMetrics({ requests: 0 });
});

function decider(settings = SETTINGS) {
  const arrival = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  // What is told after the end of a test is no other test's.
  const told = events;
  const cluster = {
    namespaces: { get: (name: string) => known.get(name), arrival: () => arrival },
    recorder: { record: (one: Occurrence) => void told.push(one) },
  } as unknown as Cluster;
  const log = createLog('silent', 'test');
  return createDecider({ settings, cluster, metrics, clock: new SteeredClock(), log });
}

const OWNER = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'model', uid: 'an-uid', controller: true };

function body(namespace: string, asked = nativeAnnotations(), dryRun = false): Buffer {
  const pod = podWith(asked);
  const metadata = { ...(pod['metadata'] as JsonObject), generateName: 'model-', ownerReferences: [OWNER] };
  const resource = { group: '', version: 'v1', resource: 'pods' };
  const object = { ...pod, metadata };
  const uid = '6ca280f7-5c7b-4108-af87-b2843eec4176';
  const request = { uid, operation: 'CREATE', namespace, resource, dryRun, object };
  return Buffer.from(JSON.stringify({ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request }));
}

const allowed = async (answer: string | Promise<string>): Promise<unknown> =>
  (JSON.parse(await answer) as { readonly response: { readonly allowed: boolean } }).response.allowed;

test('a pod of a known namespace is answered at once', () => {
  expect(typeof decider().answer(body('team-a'))).toBe('string');
});

test('a pod of a new namespace waits for it, and is let in by what it says', async () => {
  const answer = decider().answer(body('new'));
  expect(typeof answer).not.toBe('string');
  known.set('new', readNamespace({}));
  arrive();
  expect(await allowed(answer)).toBe(true);
});

test('pods of one template are let in by what their namespace says at the time', async () => {
  const { answer } = decider();
  expect(await allowed(answer(body('team-a')))).toBe(true);
  known.set('team-a', readNamespace({ [VAULT_ROLES_KEY]: 'other' }));
  expect(await allowed(answer(body('team-a')))).toBe(false);
  known.set('team-a', readNamespace({}));
  expect(await allowed(answer(body('team-a')))).toBe(true);
});

test('a pod of a namespace that does not come is denied, and counted once', async () => {
  const answer = decider().answer(body('none'));
  arrive();
  expect(await allowed(answer)).toBe(false);
  expect(await metrics.expose()).toContain(
    'sidekey_injector_requests_total{result="denied",reason="invalid"} 1',
  );
});

test('the owner of a denied pod is told after the answer, and on a dry run not at all', async () => {
  const bad = nativeAnnotations({ 'vault-address': 'https://evil.example' });
  const { answer } = decider();
  await allowed(answer(body('team-a', bad, true)));
  const given = answer(body('team-a', bad));
  expect(events).toEqual([]);
  expect(await allowed(given)).toBe(false);
  await new Promise((resolve) => setImmediate(resolve));
  expect(events).toMatchObject([{ reason: 'InjectionDenied', involved: { name: 'model' } }]);
});

test('what a denied pod goes beyond is counted by the rule', async () => {
  known.set('team-a', readNamespace({ 'sidekey.dev/vault-roles': 'other', 'sidekey.dev/vault-paths': '' }));
  expect(await allowed(decider().answer(body('team-a')))).toBe(false);
  const text = await metrics.expose();
  expect(text).toContain('sidekey_injector_policy_denials_total{rule="role"} 1');
  expect(text).toContain('sidekey_injector_policy_denials_total{rule="path"} 1');
  expect(text).toContain('sidekey_injector_policy_denials_total{rule="reload"} 0');
});

test('a store, a proxy or an image that the operator does not allow is counted by its rule, too', async () => {
  const limits = async (keys: Readonly<Record<string, string>>): Promise<readonly string[]> => {
    metrics = createInjectorMetrics({ requests: 0 });
    expect(await allowed(decider().answer(body('team-a', keys)))).toBe(false);
    const series = (await metrics.expose()).matchAll(/policy_denials_total\{rule="(.*)"\} [1-9]/gu);
    return [...series].map(([, rule = '']) => rule);
  };
  known.set('team-a', readNamespace({}));
  expect(await limits(nativeAnnotations({ 'vault-address': 'https://evil.example' }))).toEqual(['address']);
  expect(await limits(annotations({ 'proxy-address': 'http://evil.example' }))).toEqual(['address']);
  expect(await limits(nativeAnnotations({ image: 'evil.example/agent' }))).toEqual(['image']);
  expect(await limits(nativeAnnotations({ poll: 'never' }))).toEqual([]);
});
