import { describe, expect, it } from 'vitest';
import { type JsonObject, listIn, objectIn } from '#contract/json.ts';
import type { Problem } from '#contract/problem.ts';
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

const KEY = 'sidekey.dev/reload.api';
const LINE = 'python3 -m server';

const container = (name: string, uid?: number, more: JsonObject = {}): JsonObject => ({
  name,
  image: 'registry.example/model-server:7',
  ...(uid === undefined ? {} : { securityContext: { runAsUser: uid, runAsGroup: uid + 1 } }),
  ...more,
});

const sharing = (...containers: readonly JsonObject[]): JsonObject => ({
  shareProcessNamespace: true,
  containers,
});

const pod = (spec: JsonObject): JsonObject =>
  podWith(nativeAnnotations({ 'reload.api': `signal:SIGHUP ${LINE}` }), spec);

function problemsOf(spec: JsonObject): readonly Problem[] {
  const verdict = review(requestFor(pod(spec)), SETTINGS);
  return verdict.outcome === 'denied' ? verdict.problems : [];
}

const userOf = (after: JsonObject): unknown => {
  const agent = listIn(objectIn(after, 'spec'), 'initContainers').find(
    ({ name }) => name === 'sidekey-agent',
  );
  const { runAsUser, runAsGroup } = objectIn(agent ?? {}, 'securityContext');
  return [runAsUser, runAsGroup];
};

const declared = { command: ['python3', '-m'], args: ['server'] };

describe('a pod whose changes are told by a signal', () => {
  it('gets an agent that is the user of its container', () => {
    expect(userOf(injected(pod(sharing(container('a', 1000)))))).toEqual([1000, 1001]);
    const ofPod = { ...sharing(container('a')), securityContext: { runAsUser: 7, runAsGroup: 8 } };
    expect(userOf(injected(pod(ofPod)))).toEqual([7, 8]);
  });

  it('gets one that is the user of the container that is started so, whatever the others are', () => {
    const spec = sharing(container('a', 0), container('b'), container('c', 3, declared));
    expect(userOf(injected(pod(spec)))).toEqual([3, 4]);
  });

  it('finds it among native sidecars, too, and by the name of a program', () => {
    const sidecar = container('proxy', 9, {
      restartPolicy: 'Always',
      command: ['/usr/sbin/nginx', '-g', 'x'],
    });
    const spec = { ...sharing(container('a', 0)), initContainers: [sidecar] };
    const command = annotations({ 'agent-inject-command-api': 'kill -HUP nginx' });
    expect(userOf(injected(podWith(command, spec)))).toEqual([9, 10]);
  });

  it('is looked through no more often for many files than for one', () => {
    const readsFor = (files: number): number => {
      let reads = 0;
      const watched = {
        ...container('a', 7),
        get args(): readonly string[] {
          reads += 1;
          return ['x'];
        },
      };
      const names = Array.from({ length: files }, (_, index) => `f${index}`);
      const keys = names.flatMap((name): readonly (readonly [string, string])[] => [
        [`secret.${name}`, 'vault:secret/data/ml#key'],
        [`reload.${name}`, `signal:SIGHUP ${LINE}`],
      ]);
      const asking = podWith(nativeAnnotations(Object.fromEntries(keys)), sharing(watched));
      expect(review(requestFor(asking), SETTINGS).outcome).toBe('injected');
      return reads;
    };
    expect(readsFor(20)).toBe(readsFor(1));
  });

  it('is the same after a second pass', () => {
    const once = injected(pod(sharing(container('a', 0), container('c', 3, declared))));
    expect(injected(once)).toEqual(once);
  });

  it.each([
    ['not at all', {}],
    ['as false', { shareProcessNamespace: false }],
    ['as null', { shareProcessNamespace: null }],
    ['only with the node', { hostPID: true }],
  ])('is denied if its containers share their processes %s', (_, spec) => {
    expect(problemsOf({ containers: [container('a', 1000)], ...spec })).toEqual([
      {
        key: KEY,
        message:
          'sends a signal, which reaches no process of another container; expected spec.shareProcessNamespace: true in the pod',
      },
    ]);
  });

  it.each([
    ['runs as root', container('a', 0)],
    ['does not say as which user it runs', container('a')],
  ])('is denied if its container %s', (runs, only) => {
    expect(problemsOf(sharing(only))).toEqual([
      {
        key: KEY,
        message: `sends a signal, and container "a" ${runs}; expected a runAsUser other than 0 in the securityContext of the container or the pod`,
      },
    ]);
  });

  it('is denied if it cannot be told which of several users is meant', () => {
    const [problem, ...more] = problemsOf(sharing(container('a', 1), container('b', 2)));
    expect(problem?.key).toBe(KEY);
    expect(problem?.message).toMatch(/run as 1 and 2; expected one runAsUser, or .* command and args/u);
    expect(more).toEqual([]);
    expect(problemsOf(sharing(container('a', 1), container('b', 1)))).toEqual([]);
  });

  it('is denied with everything that is wrong at once', () => {
    expect(problemsOf({ containers: [container('a', 0), container('b')] })).toHaveLength(3);
  });
});

it('a pod that is told over HTTP needs nothing of the kind', () => {
  const http = nativeAnnotations({ 'reload.api': 'http:POST http://127.0.0.1:8000/reload' });
  expect(userOf(injected(podWith(http, { containers: [container('a', 0)] })))).toEqual([65_532, 1]);
  expect(userOf(injected(examplePod()))).toEqual([65_532, 65_532]);
});
