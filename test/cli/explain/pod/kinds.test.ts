import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { JsonObject } from '#contract/json.ts';
import { explain } from '../../../../cli/explain/explain.ts';
import type { ObjectReport } from '../../../../cli/explain/report.ts';
import { nativeAnnotations } from '../../../injector/admission/example.ts';

const POD_SPEC = { containers: [{ name: 'model-server', image: 'registry.example/model-server:7' }] };
const TEMPLATE = { metadata: { annotations: nativeAnnotations() }, spec: POD_SPEC };

const object = (apiVersion: string, kind: string, fields: object, annotations = {}): object => ({
  apiVersion,
  kind,
  metadata: { name: 'x', annotations },
  ...fields,
});

const look = (value: object): ObjectReport => {
  const [found] = explain([{ file: 'f', text: stringify(value, { version: '1.1' }) }]).objects;
  if (found === undefined) throw new Error('There is nothing to explain');
  return found;
};

const JOB_TEMPLATE = { spec: { template: TEMPLATE } };

const KINDS: readonly (readonly [string, object, readonly string[]])[] = [
  ['a Pod', { apiVersion: 'v1', kind: 'Pod', ...TEMPLATE }, ['']],
  ['a Deployment', object('apps/v1', 'Deployment', { spec: { template: TEMPLATE } }), ['spec.template']],
  ['a StatefulSet', object('apps/v1', 'StatefulSet', { spec: { template: TEMPLATE } }), ['spec.template']],
  ['a DaemonSet', object('apps/v1', 'DaemonSet', { spec: { template: TEMPLATE } }), ['spec.template']],
  ['a ReplicaSet', object('apps/v1', 'ReplicaSet', { spec: { template: TEMPLATE } }), ['spec.template']],
  ['a Job', object('batch/v1', 'Job', JOB_TEMPLATE), ['spec.template']],
  [
    'a CronJob',
    object('batch/v1', 'CronJob', { spec: { jobTemplate: JOB_TEMPLATE } }),
    ['spec.jobTemplate.spec.template'],
  ],
  [
    'a LeaderWorkerSet',
    object('leaderworkerset.x-k8s.io/v1', 'LeaderWorkerSet', {
      spec: { leaderWorkerTemplate: { leaderTemplate: TEMPLATE, workerTemplate: TEMPLATE } },
    }),
    ['spec.leaderWorkerTemplate.leaderTemplate', 'spec.leaderWorkerTemplate.workerTemplate'],
  ],
  [
    'a JobSet',
    object('jobset.x-k8s.io/v1alpha2', 'JobSet', {
      spec: { replicatedJobs: [{ name: 'workers', template: JOB_TEMPLATE }] },
    }),
    ['spec.replicatedJobs.0.template.spec.template'],
  ],
  [
    'a RayCluster',
    object('ray.io/v1', 'RayCluster', {
      spec: { headGroupSpec: { template: TEMPLATE }, workerGroupSpecs: [{ template: TEMPLATE }] },
    }),
    ['spec.headGroupSpec.template', 'spec.workerGroupSpecs.0.template'],
  ],
  [
    'a RayJob',
    object('ray.io/v1', 'RayJob', {
      spec: { rayClusterSpec: { headGroupSpec: { template: TEMPLATE } }, submitterPodTemplate: TEMPLATE },
    }),
    ['spec.rayClusterSpec.headGroupSpec.template', 'spec.submitterPodTemplate'],
  ],
  [
    'a RayService',
    object('ray.io/v1', 'RayService', {
      spec: { rayClusterConfig: { headGroupSpec: { template: TEMPLATE } } },
    }),
    ['spec.rayClusterConfig.headGroupSpec.template'],
  ],
  [
    'a PyTorchJob',
    object('kubeflow.org/v1', 'PyTorchJob', {
      spec: { pytorchReplicaSpecs: { Master: { template: TEMPLATE }, Worker: { template: TEMPLATE } } },
    }),
    ['spec.pytorchReplicaSpecs.Master.template', 'spec.pytorchReplicaSpecs.Worker.template'],
  ],
  [
    'an InferenceService with containers',
    object(
      'serving.kserve.io/v1beta1',
      'InferenceService',
      { spec: { predictor: POD_SPEC } },
      nativeAnnotations(),
    ),
    ['spec.predictor'],
  ],
  [
    'an InferenceService with a model',
    object('serving.kserve.io/v1beta1', 'InferenceService', {
      spec: { predictor: { annotations: nativeAnnotations(), model: { storageUri: 'hf://a/b' } } },
    }),
    ['spec.predictor'],
  ],
  [
    'an LLMInferenceService',
    object('serving.kserve.io/v1alpha2', 'LLMInferenceService', {
      spec: { annotations: nativeAnnotations(), template: POD_SPEC },
    }),
    ['spec.template'],
  ],
  [
    'a ServingRuntime',
    object('serving.kserve.io/v1alpha1', 'ServingRuntime', {
      spec: { ...POD_SPEC, annotations: nativeAnnotations() },
    }),
    ['spec'],
  ],
  [
    'a LeaderWorkerSet in an AppWrapper',
    object('workload.codeflare.dev/v1beta2', 'AppWrapper', {
      spec: { components: [{ template: { spec: { leaderWorkerTemplate: { workerTemplate: TEMPLATE } } } }] },
    }),
    ['spec.components.0.template.spec.leaderWorkerTemplate.workerTemplate'],
  ],
  [
    'a kind that nobody has heard of',
    object('example.com/v9', 'Flock', { spec: { birds: [{ nest: TEMPLATE }] } }),
    ['spec.birds.0.nest'],
  ],
];

test.each(KINDS)('the pods of %s are found, and get an agent', (_, value, templates) => {
  const { verdict, pods = [] } = look(value);
  expect(pods.map(({ title }) => title)).toEqual(templates);
  expect(pods.map(({ outcome }) => outcome)).toEqual(templates.map(() => 'injected'));
  expect(verdict).toBe('injected');
});

test('whether a controller that nobody knows hands annotations on is not known', () => {
  const value = object('example.com/v9', 'Flock', { spec: { birds: POD_SPEC } }, nativeAnnotations());
  const [pod] = look(value).pods ?? [];
  expect(pod).toMatchObject({
    outcome: 'injected',
    findings: [{ effect: 'note', subject: 'sidekey.dev/inject' }],
  });
});

test('the metadata of a kind that nobody knows are its own, though a pod’s spec stands beside them', () => {
  const value = object('example.com/v9', 'Flock', { spec: POD_SPEC }, nativeAnnotations());
  expect(look(value).pods).toMatchObject([{ title: 'spec', findings: [{ effect: 'note' }] }]);
});

test('a pod without a container is refused, unless a controller puts one in', () => {
  const template = { ...TEMPLATE, spec: { containers: [], nodeName: 'a' } };
  expect(look(object('apps/v1', 'Deployment', { spec: { template } }))).toMatchObject({
    verdict: 'refused',
    pods: [{ findings: [{ effect: 'refused', subject: 'spec.containers' }] }],
  });
  expect(look(object('example.com/v9', 'Flock', { spec: { template } })).verdict).not.toBe('refused');
});

test('the only container of a Knative Service has the name that Knative gives it', () => {
  const annotations = nativeAnnotations({ 'containers.api': 'user-container' });
  const spec = { containers: [{ image: 'registry.example/model-server:7' }] };
  const template = { metadata: { annotations }, spec };
  expect(look(object('serving.knative.dev/v1', 'Service', { spec: { template } })).verdict).toBe('injected');
  expect(look(object('apps/v1', 'Deployment', { spec: { template } })).verdict).toBe('denied');
});

test('a List of one kind is its items', () => {
  const list = {
    apiVersion: 'v1',
    kind: 'PodList',
    items: [{ metadata: TEMPLATE.metadata, spec: POD_SPEC }],
  };
  expect(look(list)).toMatchObject({ kind: 'Pod', verdict: 'injected' });
});

describe('annotations that no pod has', () => {
  const misplaced = (value: JsonObject): unknown => look(value).findings.map(({ subject }) => subject);

  test('are told apart, and where they belong', () => {
    const report = look(
      object('apps/v1', 'Deployment', { spec: { template: { spec: POD_SPEC } } }, nativeAnnotations()),
    );
    expect(report).toMatchObject({
      verdict: 'uninjected',
      findings: [
        {
          effect: 'uninjected',
          subject: 'sidekey.dev/inject',
          message: expect.stringContaining('below spec.template.metadata.annotations') as string,
        },
      ],
    });
  });

  test('are found on the template of a template, too', () => {
    const jobTemplate = {
      metadata: { annotations: nativeAnnotations() },
      spec: { template: { spec: POD_SPEC } },
    };
    expect(misplaced(object('batch/v1', 'CronJob', { spec: { jobTemplate } }) as JsonObject)).toEqual([
      'sidekey.dev/inject',
    ]);
  });

  test('are told where no pod has them in the end', () => {
    const { verdict, findings } = look(
      object('example.com/v9', 'Flock', { spec: { podAnnotations: nativeAnnotations() } }),
    );
    expect(verdict).toBe('unseen');
    expect(findings).toMatchObject([{ effect: 'note', subject: 'sidekey.dev/inject' }]);
  });

  test('and labels by which pods are chosen are no wish', () => {
    const selector = { matchLabels: { 'sidekey.dev/inject': 'true' } };
    const value = object('apps/v1', 'Deployment', { spec: { selector, template: { spec: POD_SPEC } } });
    expect(misplaced(value as JsonObject)).toEqual([]);
  });

  test('are nobody’s mistake if the pods have them as well', () => {
    const value = object('apps/v1', 'Deployment', { spec: { template: TEMPLATE } }, nativeAnnotations());
    expect(misplaced(value as JsonObject)).toEqual([]);
  });
});
