import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import { podsIn, valueAt } from '../../../governance/check/pods.ts';
import { pod, workload, WORKLOAD_KINDS } from '../cases/objects.ts';

const CONTAINERS = [{ name: 'model-server', image: 'registry.example/model-server:7' }];

const named = (apiVersion: string, kind: string, more: JsonObject): JsonObject => ({
  apiVersion,
  kind,
  metadata: { name: 'model', namespace: 'ml' },
  ...more,
});

const places = (object: JsonObject): readonly string[] => podsIn(object).map(({ spec }) => spec.join('.'));

describe('a pod', () => {
  test('is itself', () => {
    const object = pod({ annotations: { 'sidekey.dev/inject': 'true' } });
    expect(podsIn(object)).toEqual([{ pod: object, metadata: ['metadata'], spec: ['spec'], count: 1 }]);
  });

  test.each(WORKLOAD_KINDS)(
    'is what a %s makes, in its namespace and with what the template says of it',
    (kind) => {
      const object = workload(kind, {
        annotations: { 'sidekey.dev/inject': 'true' },
        limits: { 'nvidia.com/gpu': 1 },
      });
      const [found, ...more] = podsIn(object);
      expect(more).toEqual([]);
      expect(found?.pod).toMatchObject({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          namespace: 'team-a',
          generateName: 'model-',
          annotations: { 'sidekey.dev/inject': 'true' },
        },
        spec: { containers: [{ resources: { limits: { 'nvidia.com/gpu': 1 } } }] },
      });
      expect(valueAt(object, found?.spec ?? [])).toBe(found?.pod['spec']);
      expect(valueAt(object, found?.metadata ?? [])).toMatchObject({
        annotations: { 'sidekey.dev/inject': 'true' },
      });
    },
  );

  test('is none without a spec', () => {
    for (const spec of [{}, null, 'x', []])
      expect(places(named('apps/v1', 'Deployment', { spec: { template: { spec: null } }, x: spec }))).toEqual(
        [],
      );
    expect(places(named('v1', 'Pod', {}))).toEqual([]);
    expect(places(named('v1', 'ConfigMap', { data: { containers: 'x' } }))).toEqual([]);
  });
});

describe('there are as many as the object says', () => {
  const counts = (apiVersion: string, kind: string, spec: JsonObject): readonly number[] =>
    podsIn(named(apiVersion, kind, { spec })).map(({ count }) => count);
  const template = { spec: { containers: CONTAINERS } };

  test.each<[string, string, JsonObject, number]>([
    ['apps/v1', 'Deployment', {}, 1],
    ['apps/v1', 'Deployment', { replicas: 0 }, 0],
    ['apps/v1', 'StatefulSet', { replicas: 4 }, 4],
    ['apps/v1', 'DaemonSet', { replicas: 4 }, 1],
    ['batch/v1', 'Job', {}, 1],
    ['batch/v1', 'Job', { parallelism: 4 }, 4],
    ['batch/v1', 'Job', { parallelism: 4, completions: 2 }, 2],
    ['batch/v1', 'Job', { completions: 5 }, 1],
    ['v1', 'ReplicationController', { replicas: 'two' }, 1],
  ])('%s %s %j: %d', (apiVersion, kind, spec, count) => {
    expect(counts(apiVersion, kind, { ...spec, template })).toEqual([count]);
  });

  test('batch/v1 CronJob, each time', () => {
    const spec = { jobTemplate: { spec: { parallelism: 3, template } } };
    expect(counts('batch/v1', 'CronJob', spec)).toEqual([3]);
  });

  test('v1 PodTemplate: none by itself', () => {
    expect(podsIn(named('v1', 'PodTemplate', { template })).map(({ count }) => count)).toEqual([0]);
  });
});

describe('of kinds that others define', () => {
  test('every template is found, however deep', () => {
    const template = { metadata: { annotations: { a: 'b' } }, spec: { containers: CONTAINERS } };
    const ray = named('ray.io/v1', 'RayCluster', {
      spec: { headGroupSpec: { template }, workerGroupSpecs: [{ replicas: 2, template }, { template }] },
      status: { template },
    });
    expect(places(ray)).toEqual([
      'spec.headGroupSpec.template.spec',
      'spec.workerGroupSpecs.0.template.spec',
      'spec.workerGroupSpecs.1.template.spec',
    ]);
    expect(podsIn(ray)[1]).toMatchObject({
      metadata: ['spec', 'workerGroupSpecs', '0', 'template', 'metadata'],
      pod: { metadata: { annotations: { a: 'b' }, namespace: 'ml' } },
    });
  });

  test('a spec without a template around it is one, too', () => {
    const served = named('serving.kserve.io/v1beta1', 'InferenceService', {
      spec: { predictor: { minReplicas: 1, containers: CONTAINERS } },
    });
    expect(places(served)).toEqual(['spec.predictor']);
  });

  test('what only looks like one is none', () => {
    expect(places(named('example.com/v1', 'Ship', { spec: { containers: ['blue', 'red'] } }))).toEqual([]);
    expect(places(named('example.com/v1', 'Ship', { spec: { containers: [{ weight: 7 }] } }))).toEqual([]);
    expect(places(named('example.com/v1', 'Ship', { spec: { containers: [] } }))).toEqual([]);
  });

  test('one that is nested without end ends', () => {
    let spec: JsonObject = { containers: CONTAINERS };
    for (let depth = 0; depth < 5000; depth += 1) spec = { spec };
    expect(places(named('example.com/v1', 'Deep', { spec }))).toEqual([]);
  });
});
