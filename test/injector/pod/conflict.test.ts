import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import { review } from '../../../injector/admission/handler.ts';
import {
  annotations,
  examplePod,
  injected,
  nativeAnnotations,
  podWith,
  requestFor,
  SETTINGS,
} from '../admission/example.ts';

/** The keys of all problems with a pod; empty if it is injected. */
function problemsOf(pod: JsonObject): readonly string[] {
  const verdict = review(requestFor(pod), SETTINGS);
  return verdict.outcome === 'denied' ? verdict.problems.map(({ key }) => key) : [];
}

const withMount = (mount: JsonObject): JsonObject =>
  examplePod({ containers: [{ name: 'a', volumeMounts: [{ name: 'v', ...mount }] }] });

describe('a mount that is in the way of the files', () => {
  it.each<[string, JsonObject]>([
    ['at their directory', { mountPath: '/vault/secrets' }],
    ['at their directory with a slash', { mountPath: '/vault/secrets/' }],
    ['inside it', { mountPath: '/vault/secrets/a/b' }],
    ['at their directory in another spelling', { mountPath: '/vault//./models/../secrets' }],
    ['at their directory, from the root as the kubelet takes it', { mountPath: 'vault/secrets' }],
    ['around it and read-only', { mountPath: '/vault', readOnly: true }],
    ['at the root and read-only', { mountPath: '/', readOnly: true }],
  ])('is a problem: %s', (_, mount) => {
    expect(problemsOf(withMount(mount))).toEqual(['spec.containers[0].volumeMounts[0]']);
  });

  it.each<[string, JsonObject]>([
    ['beside it', { mountPath: '/vault/secrets-too' }],
    ['around it and writable, where a directory can be made', { mountPath: '/vault' }],
    ['elsewhere', { mountPath: '/models', readOnly: true }],
  ])('is none: %s', (_, mount) => {
    expect(problemsOf(withMount(mount))).toEqual([]);
  });
});

it('a mount is in the way of the files by a link that nearly every image has, too', () => {
  const volumeMounts = [{ name: 'v', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }];
  const pod = examplePod(
    { containers: [{ name: 'a', volumeMounts }] },
    { 'secret-volume-path': '/run/secrets/kubernetes.io' },
  );
  expect(problemsOf(pod)).toEqual(['spec.containers[0].volumeMounts[0]']);
});

it('more mounts than any pod has are a problem, and are not made', () => {
  const files = (count: number): Record<string, string> =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index): readonly (readonly [string, string])[] => [
        [`agent-inject-secret-${index}`, 'secret/data/ml'],
        [`secret-volume-path-${index}`, `/files/${index}`],
      ]).flat(),
    );
  const containers = Array.from({ length: 300 }, (_, index) => ({ name: `c${index}` }));
  expect(problemsOf(examplePod({ containers }, files(2)))).toEqual([]);
  expect(problemsOf(examplePod({ containers }, files(60)))).toEqual(['spec.containers']);
});

describe('two directories', () => {
  const both = (ours: Readonly<Record<string, string>>, spec: JsonObject = {}): JsonObject =>
    podWith({ ...annotations(), ...nativeAnnotations(ours) }, spec);

  it.each(['/vault/secrets', '/vault', '/vault/secrets/ours'])('do not overlap: %s', (path) => {
    expect(problemsOf(both({ path }))).toEqual(['sidekey.dev/path']);
  });

  it('both have to be free', () => {
    const volumeMounts = [
      { name: 'v', mountPath: '/vault/secrets' },
      { name: 'v', mountPath: '/run/secrets/sidekey' },
      { name: 'v', mountPath: '/run/secrets/kubernetes.io/serviceaccount' },
    ];
    expect(problemsOf(both({}, { containers: [{ name: 'a', volumeMounts }] }))).toEqual([
      'spec.containers[0].volumeMounts[0]',
      'spec.containers[0].volumeMounts[1]',
    ]);
  });

  it('are those that there are files for', () => {
    const volumeMounts = [{ name: 'v', mountPath: '/vault/secrets' }];
    expect(problemsOf(podWith(nativeAnnotations(), { containers: [{ name: 'a', volumeMounts }] }))).toEqual(
      [],
    );
    expect(problemsOf(podWith(nativeAnnotations({ path: '/run' })))).toEqual(['sidekey.dev/path']);
  });
});

describe('what is ours', () => {
  it('is mounted by nobody else: token and state never, the files only where an earlier pass put them', () => {
    const once = injected(examplePod());
    const late = (mount: JsonObject): JsonObject => ({
      ...once,
      spec: { ...(once['spec'] as JsonObject), containers: [{ name: 'late', volumeMounts: [mount] }] },
    });
    expect(problemsOf(late({ name: 'sidekey-token', mountPath: '/token' }))).toHaveLength(1);
    expect(problemsOf(late({ name: 'sidekey-state', mountPath: '/state' }))).toHaveLength(1);
    expect(problemsOf(late({ name: 'sidekey-secrets', mountPath: '/elsewhere' }))).toHaveLength(1);
    expect(problemsOf(late({ name: 'sidekey-secrets', mountPath: '/vault/secrets' }))).toEqual([]);
  });

  it('is known by its shape, not by its name', () => {
    const named = (list: string, more: JsonObject = {}): JsonObject =>
      examplePod({ [list]: [{ name: 'sidekey-agent', ...more }] });
    const configured = { env: [{ name: 'SIDEKEY_CONFIG', value: 'x' }] };
    expect(problemsOf(named('initContainers'))).toEqual(['spec.initContainers[0].name']);
    expect(problemsOf(named('initContainers', configured))).toEqual([]);
    expect(problemsOf(named('containers', configured))).toEqual(['spec.containers[0].name']);
  });

  it('is no volume of the pod, unless an earlier pass made it', () => {
    expect(problemsOf(examplePod({ volumes: [{ name: 'v' }, { name: 'sidekey-token' }] }))).toEqual([
      'spec.volumes[1].name',
    ]);
  });
});

describe('the port of the agent', () => {
  const ports = { containers: [{ name: 'a', ports: [{ containerPort: 8000 }, { containerPort: 9473 }] }] };

  it('is a problem where a container has it', () => {
    expect(problemsOf(examplePod(ports))).toEqual(['spec.containers[0].ports[1].containerPort']);
  });

  it('is none where the agent does not stay', () => {
    expect(problemsOf(examplePod(ports, { 'agent-pre-populate-only': 'true' }))).toEqual([]);
  });
});

describe('a directory for the files', () => {
  it.each([
    '/run',
    '/run/sidekey',
    '/run/sidekey/state/x',
    '/dev',
    '/dev/shm',
    '/proc',
    '/sys/fs',
    '/sidekey',
    '/nodejs/bin',
    '/var/run/sidekey/token',
  ])('is a problem where the agent needs it: %s', (directory) => {
    expect(problemsOf(examplePod({}, { 'secret-volume-path': directory }))).toEqual([
      'vault.hashicorp.com/secret-volume-path',
    ]);
  });

  it.each(['/run/secrets/sidekey', '/etc/secrets', '/device'])('is none elsewhere: %s', (directory) => {
    expect(problemsOf(examplePod({}, { 'secret-volume-path': directory }))).toEqual([]);
  });
});
