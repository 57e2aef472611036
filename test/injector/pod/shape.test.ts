import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import { shapeProblems } from '../../../injector/pod/shape.ts';

const containers = (count: number): readonly JsonObject[] => Array.from({ length: count }, () => ({}));

describe('an object that cannot be read as a pod', () => {
  it.each<[string, JsonObject]>([
    ['metadata', { metadata: 'x' }],
    ['spec', { spec: [] }],
    ['metadata.annotations', { metadata: { annotations: [] } }],
    ['a', { metadata: { annotations: { a: 1 } } }],
    ['spec.volumes', { spec: { volumes: {} } }],
    ['spec.containers', { spec: { containers: ['x'] } }],
    ['spec.initContainers', { spec: { initContainers: [null] } }],
    ['spec.containers[1].env', { spec: { containers: [{}, { env: 1 }] } }],
    ['spec.initContainers[0].volumeMounts', { spec: { initContainers: [{ volumeMounts: ['x'] }] } }],
    ['spec.containers[0].volumeMounts[0].name', { spec: { containers: [{ volumeMounts: [{ name: {} }] }] } }],
    [
      'spec.containers[0].volumeMounts[1].subPath',
      { spec: { containers: [{ volumeMounts: [{}, { subPath: 1 }] }] } },
    ],
    ['metadata.annotations', { metadata: { annotations: { ab: 'é'.repeat(128 * 1024) } } }],
    [
      'spec.containers',
      { spec: { containers: containers(1), initContainers: containers(1000), volumes: 'not looked at' } },
    ],
  ])('says what is wrong with %s', (key, pod) => {
    expect(shapeProblems(pod)).toEqual([{ key, message: expect.stringMatching(/^must be /u) as string }]);
  });

  it('is not one that leaves things out, or says null', () => {
    expect(shapeProblems({})).toEqual([]);
    expect(shapeProblems({ spec: { containers: containers(1000), initContainers: [] } })).toEqual([]);
    expect(shapeProblems({ metadata: { annotations: { ab: 'x'.repeat(256 * 1024 - 2) } } })).toEqual([]);
    expect(
      shapeProblems({
        metadata: { annotations: null },
        spec: { volumes: null, containers: [{ env: null, volumeMounts: [{ subPath: null, x: {} }] }] },
      }),
    ).toEqual([]);
  });
});
