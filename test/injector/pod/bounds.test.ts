import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import { parseQuantity } from '#contract/quantity.ts';
import { readBounds } from '../../../injector/pod/bounds.ts';
import { containersClass } from '../../../injector/pod/qos.ts';
import { agentResources } from '../../../injector/pod/resources.ts';
import { examplePod, injected } from '../admission/example.ts';

const limitRange = (...limits: readonly JsonObject[]): JsonObject => ({
  apiVersion: 'v1',
  kind: 'LimitRange',
  spec: { limits: limits.map((limit) => ({ type: 'Container', ...limit })) },
});

const resources = (requests: JsonObject, limits: JsonObject): JsonObject => ({
  containers: [{ name: 'model-server', resources: { requests, limits } }],
});

const FULL = { cpu: '8', memory: '64Gi' };
const GUARANTEED = resources(FULL, FULL);
const BURSTABLE = resources({ cpu: '1', memory: '1Gi' }, FULL);

const bounded = (spec: JsonObject, ...limits: readonly JsonObject[]): JsonObject =>
  agentResources(spec, { files: 16, bounds: readBounds([limitRange(...limits)]) });

describe('the agent’s resources keep to', () => {
  it.each<[string, JsonObject, JsonObject, JsonObject]>([
    [
      'a minimum, of a Guaranteed pod on both sides',
      GUARANTEED,
      { min: { cpu: '250m', memory: '200Mi' } },
      { limits: { cpu: '250m', memory: '200Mi' }, requests: { cpu: '250m', memory: '200Mi' } },
    ],
    [
      'a minimum of whole cores, and has none of its own',
      GUARANTEED,
      { min: { cpu: '1' } },
      { limits: { cpu: '1001m', memory: '128Mi' }, requests: { cpu: '1001m', memory: '128Mi' } },
    ],
    [
      'a minimum, of a Burstable pod for what it asks for',
      BURSTABLE,
      { min: { cpu: '100m', memory: '100Mi' } },
      { limits: { cpu: '500m', memory: '128Mi' }, requests: { cpu: '100m', memory: '100Mi' } },
    ],
    [
      'a minimum above its limit',
      BURSTABLE,
      { min: { cpu: '2', memory: '1Gi' } },
      { limits: { cpu: '2001m', memory: '1024Mi' }, requests: { cpu: '2001m', memory: '1024Mi' } },
    ],
    [
      'a maximum of the CPU',
      BURSTABLE,
      { max: { cpu: '200m' } },
      { limits: { cpu: '200m', memory: '128Mi' }, requests: { cpu: '20m', memory: '64Mi' } },
    ],
    [
      'a ratio of limit to request',
      BURSTABLE,
      { maxLimitRequestRatio: { cpu: '4', memory: '1500m' } },
      { limits: { cpu: '500m', memory: '128Mi' }, requests: { cpu: '125m', memory: '89478486' } },
    ],
    [
      'a ratio of one',
      BURSTABLE,
      { maxLimitRequestRatio: { cpu: 1, memory: 1 } },
      { limits: { cpu: '500m', memory: '128Mi' }, requests: { cpu: '500m', memory: '128Mi' } },
    ],
    [
      'a maximum where nobody has a limit',
      resources({ cpu: '1' }, {}),
      { max: { cpu: '2' } },
      { limits: { cpu: '2', memory: '128Mi' }, requests: { cpu: '20m', memory: '64Mi' } },
    ],
  ])('%s', (_, spec, limit, expected) => {
    expect(bounded(spec, limit)).toEqual(expectedQuantities(expected));
  });

  it('the narrowest of several LimitRanges', () => {
    const bounds = readBounds([
      limitRange({ min: { cpu: '50m' } }, { min: { cpu: '200m' }, max: { cpu: '1' } }),
      limitRange({ max: { cpu: '400m' } }),
    ]);
    expect(agentResources(BURSTABLE, { files: 16, bounds })).toMatchObject({
      limits: { cpu: '400m' },
      requests: { cpu: '200m' },
    });
  });

  it('no maximum of memory that it could not live with: the pod is refused, and says why', () => {
    expect(bounded(GUARANTEED, { max: { memory: '64Mi' } })).toHaveProperty('limits.memory', '128Mi');
  });

  it('nothing in a BestEffort pod, whatever is demanded', () => {
    expect(bounded({ containers: [{ name: 'a' }] }, { min: { cpu: '1' } })).toEqual({});
  });

  it('what is demanded of containers alone', () => {
    const ofPods = { spec: { limits: [{ type: 'Pod', min: { cpu: '1' } }, 'x', { min: { cpu: '1' } }] } };
    const nonsense = {
      spec: { limits: [{ type: 'Container', min: { cpu: 'much', memory: null }, max: 3 }] },
    };
    expect(readBounds([ofPods, nonsense, {}, { spec: null }])).toEqual({});
  });

  it('what is demanded in a pod with resources as a whole, of which it takes nothing without need', () => {
    const pod = { ...GUARANTEED, resources: { limits: FULL, requests: FULL } };
    expect(bounded(pod, {})).toEqual({});
    expect(bounded(pod, { max: { cpu: '4' } })).toEqual({ limits: { cpu: '500m' }, requests: { cpu: '0' } });
    expect(bounded(pod, { min: { memory: '32Mi' } })).toEqual({
      limits: { memory: '128Mi' },
      requests: { memory: '32Mi' },
    });
  });
});

/** As the agent has them: thousandths of a CPU. */
const expectedQuantities = (expected: JsonObject): JsonObject =>
  JSON.parse(JSON.stringify(expected).replaceAll('"cpu":"2"', '"cpu":"2000m"')) as JsonObject;

describe('any bounds of CPU that can be met', () => {
  const milli = fc.integer({ min: 1, max: 5000 });
  const cases = fc.record({
    spec: fc.constantFrom(GUARANTEED, BURSTABLE, resources({ cpu: '1', memory: '1Gi' }, { memory: '1Gi' })),
    bounds: fc.tuple(milli, milli).map(([a, b]) => [Math.min(a, b), Math.max(a, b) + 1] as const),
    ratio: fc.integer({ min: 1000, max: 30_000 }),
  });

  it('are met, and the class of the pod stays', () => {
    fc.assert(
      fc.property(cases, ({ spec, bounds: [min, max], ratio }) => {
        const limit = {
          min: { cpu: `${min}m` },
          max: { cpu: `${max}m` },
          maxLimitRequestRatio: { cpu: `${ratio}m` },
        };
        const agent = bounded(spec, limit);
        const amount = (list: string): number =>
          Number((parseQuantity(textIn(objectIn(agent, list), 'cpu')) ?? 0n) / 1_000_000n);
        const [request, most] = [amount('requests'), amount('limits')];
        expect(request).toBeGreaterThanOrEqual(min);
        expect(most).toBeLessThanOrEqual(max);
        expect(most / request).toBeLessThanOrEqual(ratio / 1000);
        expect(request === most && request % 1000 === 0 && request !== max).toBe(false);
        const containers = [...listIn(spec, 'containers'), { name: 'agent', resources: agent }];
        expect(containersClass({ containers })).toBe(containersClass(spec));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the agent’s disk', () => {
  const sized = (list: string): JsonObject => ({
    name: 'model-server',
    resources: { [list]: { 'ephemeral-storage': '10Gi' } },
  });

  it.each<[string, readonly JsonObject[], JsonObject]>([
    ['is limited where every container has a limit', [sized('limits'), sized('limits')], both('128Mi')],
    ['is asked for where every container asks', [sized('requests')], asked('128Mi')],
    ['is not mentioned where one container does not mention it', [sized('limits'), { name: 'b' }], {}],
    ['is not mentioned where nobody does', [{ name: 'a' }], {}],
  ])('%s', (_, containers, expected) => {
    expect(agentResources({ containers }, { files: 16 })).toEqual(expected);
  });

  it('is left to the LimitRange that gave the others theirs', () => {
    const given = 'LimitRanger plugin set: ephemeral-storage limit for container model-server';
    const pod = examplePod({ containers: [sized('limits')] });
    const metadata = objectIn(pod, 'metadata');
    const annotations = { ...objectIn(metadata, 'annotations'), 'kubernetes.io/limit-ranger': given };
    const resourcesIn = (made: JsonObject): unknown =>
      listIn(objectIn(made, 'spec'), 'initContainers')[0]?.['resources'];
    expect(resourcesIn(injected({ ...pod, metadata: { ...metadata, annotations } }))).toEqual({});
    expect(resourcesIn(injected(pod))).toEqual(both('128Mi'));
  });
});

function both(amount: string): JsonObject {
  return { limits: { 'ephemeral-storage': amount }, ...asked(amount) };
}

function asked(amount: string): JsonObject {
  return { requests: { 'ephemeral-storage': amount } };
}
