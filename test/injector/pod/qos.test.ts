import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import { qosClass } from '../../../injector/pod/qos.ts';
import { agentResources } from '../../../injector/pod/resources.ts';

const container = (limits: JsonObject, requests?: JsonObject): JsonObject => ({
  name: 'c',
  resources: { limits, ...(requests === undefined ? {} : { requests }) },
});
const FULL = { cpu: '1', memory: '1Gi' };

describe('the class of a pod is as Kubernetes computes it', () => {
  it.each<[string, JsonObject, string]>([
    ['nothing set', { containers: [{ name: 'c' }] }, 'BestEffort'],
    ['a GPU alone', { containers: [container({ 'nvidia.com/gpu': '1' })] }, 'BestEffort'],
    ['a GPU alone, as a number', { containers: [container({ 'nvidia.com/mig-3g.40gb': 1 })] }, 'BestEffort'],
    ['zero', { containers: [container({ cpu: '0', memory: '0' })] }, 'BestEffort'],
    ['ephemeral storage alone', { containers: [container({ 'ephemeral-storage': '1Gi' })] }, 'BestEffort'],
    ['limits alone, which are requests, too', { containers: [container(FULL)] }, 'Guaranteed'],
    [
      'equal, though spelled differently',
      { containers: [container(FULL, { cpu: '1000m', memory: '1024Mi' })] },
      'Guaranteed',
    ],
    [
      'a number for a text',
      { containers: [container({ cpu: 1, memory: '1Gi' }, { cpu: '1' })] },
      'Guaranteed',
    ],
    ['no memory limit', { containers: [container({ cpu: '1' })] }, 'Burstable'],
    ['a smaller request', { containers: [container(FULL, { cpu: '500m' })] }, 'Burstable'],
    ['a request of zero', { containers: [container(FULL, { cpu: '0' })] }, 'Burstable'],
    ['one container of two', { containers: [container(FULL), { name: 'd' }] }, 'Burstable'],
    ['requests alone', { containers: [container({}, { cpu: '1m' })] }, 'Burstable'],
    [
      'an init container without',
      { containers: [container(FULL)], initContainers: [{ name: 'i' }] },
      'Burstable',
    ],
    [
      'an init container with',
      { containers: [container(FULL)], initContainers: [container(FULL)] },
      'Guaranteed',
    ],
    [
      'an init container alone',
      { containers: [{ name: 'c' }], initContainers: [container({}, { cpu: '1' })] },
      'Burstable',
    ],
    ['resources of the pod', { containers: [{ name: 'c' }], resources: { limits: FULL } }, 'Guaranteed'],
    [
      'the pod against its containers',
      { containers: [container(FULL)], resources: { requests: FULL } },
      'Burstable',
    ],
    [
      'a pod without memory',
      { containers: [container(FULL)], resources: { limits: { cpu: '1' } } },
      'Burstable',
    ],
    ['empty resources of the pod', { containers: [container(FULL)], resources: {} }, 'BestEffort'],
  ])('%s', (_, spec, expected) => {
    expect(qosClass(spec)).toBe(expected);
  });
});

describe('the resources of the agent', () => {
  const quantity = fc.constantFrom('0', '100m', '1', '1000m', '2', '1Gi', '1024Mi');
  const list = fc.record({ cpu: quantity, memory: quantity }, { requiredKeys: [] });
  const resources = fc.record({ limits: list, requests: list }, { requiredKeys: [] });
  const containers = fc.array(fc.record({ name: fc.constant('c'), resources }, { requiredKeys: ['name'] }), {
    minLength: 1,
    maxLength: 3,
  });
  const specs = fc.record(
    { containers, initContainers: containers, resources },
    { requiredKeys: ['containers'] },
  );

  it('leave the class of any pod as it is', () => {
    fc.assert(
      fc.property(specs, (spec: JsonObject & { initContainers?: readonly JsonObject[] }) => {
        const agent = { name: 'sidekey-agent', resources: agentResources(spec, { files: 16 }) };
        expect(qosClass({ ...spec, initContainers: [...(spec.initContainers ?? []), agent] })).toBe(
          qosClass(spec),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('have a fraction of a CPU, and room for full volumes', () => {
    for (const [files, memory] of [
      [16, '128Mi'],
      [32, '144Mi'],
    ] as const) {
      const amounts = { cpu: '100m', memory };
      expect(agentResources({ containers: [container(FULL)] }, { files })).toEqual({
        limits: amounts,
        requests: amounts,
      });
    }
  });

  it('are none where those of the pod are shared, and some where the pod only has a place for its own', () => {
    const of = (ofPod: JsonObject): JsonObject =>
      agentResources({ containers: [container(FULL)], resources: ofPod }, { files: 16 });
    expect(of({ limits: FULL })).toEqual({});
    expect(of({ requests: { cpu: '1' } })).toEqual({});
    expect(of({ limits: { 'hugepages-2Mi': '1Gi' } })).toEqual({});
    for (const empty of [{}, { limits: {} }, { requests: {}, limits: {} }])
      expect(of(empty)).toHaveProperty('limits.cpu', '100m');
  });

  it('have a CPU limit in a burstable pod only if a container has one', () => {
    const limited = agentResources({ containers: [container({ cpu: '2' })] }, { files: 16 });
    const unlimited = agentResources({ containers: [container({ memory: '2Gi' })] }, { files: 16 });
    expect(limited['limits']).toEqual({ cpu: '500m', memory: '128Mi' });
    expect(unlimited['limits']).toEqual({ memory: '128Mi' });
  });
});
