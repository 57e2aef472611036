import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KNOWN_ACCELERATORS } from '#contract/accelerators.ts';
import { isObject, type Json, type JsonObject, listIn, objectIn } from '#contract/json.ts';
import type { Tenancy } from '../../../governance/tenant/platform.ts';
import { injectedCases, load } from '../../golden/cases.ts';
import { injected } from '../../injector/admission/example.ts';
import { declared, declaredBy } from './rendered.ts';
import { pod, type Stage, startStage } from './stage.ts';

/** What no API server takes when it is made, or only one that knows of its sandbox. */
const NEVER_HERE = ['ephemeral-containers', 'runtime-class-overhead'];

/** Pods of every shape as the injector makes them, and where they are at home. */
const GOLDEN = injectedCases
  .filter((name) => !NEVER_HERE.includes(name))
  .map((name) => {
    const { pod: golden, settings } = load(name);
    const text = JSON.stringify(injected(golden, settings), (key, value: unknown) =>
      key === 'aFieldOfTomorrow' ? undefined : value,
    );
    const object = JSON.parse(text) as JsonObject;
    return { name, object, home: homeOf(objectIn(golden, 'spec')) };
  });

/** What they compute on, as far as a quota can name it. */
const ACCELERATORS = KNOWN_ACCELERATORS.filter((resource) =>
  GOLDEN.some(({ object }) => JSON.stringify(object).includes(`${JSON.stringify(resource)}:`)),
);

/** Nothing is in the way of a pod but amounts, which are written in many ways. */
const roomy = (name: string, spec: string): Tenancy =>
  declaredBy(`
apiVersion: sidekey.dev/v1
kind: Tenant
metadata: {name: ${name}}
spec:
  namespaces: [${name}]
  podSecurity: privileged
  accelerators:
    allow: ${JSON.stringify(ACCELERATORS.map((resource) => ({ resource, max: 10_000 })))}
    deviceClasses: [{name: gpu.nvidia.com, max: 1000}]
  ${spec}
`);

const ALL_COUNTED = `{requests.cpu: 1000, limits.cpu: 1e3, requests.memory: 0.5Pi, limits.memory: 1048576Gi, requests.ephemeral-storage: 1.5Ti, limits.ephemeral-storage: 10000000M, pods: "1000"}`;

const TENANCIES = [
  declared('scenario'),
  declared('everything'),
  roomy('counted', `compute: ${ALL_COUNTED}`),
  roomy('requested', 'compute: {requests.cpu: 1k, requests.memory: 1Pi}'),
  roomy('undefaulted', `compute: ${ALL_COUNTED}\n  defaults: {}`),
];

/** Where a pod says less than a quota of limits wants to hear, or speaks of the pod as a whole. */
function homeOf(spec: JsonObject): 'counted' | 'requested' | 'undefaulted' {
  if (Object.keys(objectIn(spec, 'resources')).length > 0) return 'undefaulted';
  const isUnlimited = listIn(spec, 'containers').some((container) => {
    const { requests = {}, limits = {} } = objectIn(container, 'resources');
    return ['cpu', 'memory'].some((name) => isSome(requests, name) && !isSome(limits, name));
  });
  return isUnlimited ? 'requested' : 'counted';
}

function isSome(list: Json, name: string): boolean {
  return isObject(list) && name in list;
}

let stage: Stage;
let first: string;

beforeAll(async () => {
  stage = await startStage(TENANCIES);
  first = await stage.apply();
});

afterAll(() => stage[Symbol.asyncDispose]());

describe('the rendered files', () => {
  it('are taken in one go, by an API server that knows every field', () => {
    expect(first.split('\n').filter((line) => line !== '' && !line.endsWith(' created'))).toEqual([]);
  });

  it('change nothing when they are applied again', async () => {
    const again = (await stage.apply()).split('\n').filter((line) => line !== '');
    expect(again.length).toBeGreaterThan(20);
    expect(again.filter((line) => !line.endsWith(' unchanged'))).toEqual([]);
  });
});

describe('the quota', () => {
  it('stops the third slice', async () => {
    await stage.create('team-a', pod('first', { 'nvidia.com/mig-3g.40gb': 1 }));
    await stage.create('team-a', pod('second', { 'nvidia.com/mig-3g.40gb': 1 }));
    await expect(stage.create('team-a', pod('third', { 'nvidia.com/mig-3g.40gb': 1 }))).rejects.toThrow(
      /exceeded quota: sidekey-tenant, requested: requests\.nvidia\.com\/mig-3g\.40gb=1/u,
    );
  });

  it.each([
    'nvidia.com/gpu',
    'nvidia.com/gpu.shared',
    'nvidia.com/mig-1g.10gb',
    'nvidia.com/mig-7g.80gb',
    'nvidia.com/mig-3g.40gb.shared',
    'nvidia.com/mig-1g.24gb-me',
    'amd.com/gpu',
    'habana.ai/gaudi',
    'deviceclass.resource.kubernetes.io/mig.nvidia.com',
  ])('stops any %s', async (resource) => {
    await expect(stage.create('team-a', pod('another', { [resource]: 1 }))).rejects.toThrow(
      `exceeded quota: sidekey-tenant, requested: requests.${resource}=1`,
    );
  });

  it('counts devices that claims ask for', async () => {
    const claim = {
      apiVersion: 'resource.k8s.io/v1',
      kind: 'ResourceClaim',
      metadata: { name: 'card' },
      spec: { devices: { requests: [{ name: 'card', exactly: { deviceClassName: 'gpu.nvidia.com' } }] } },
    };
    await expect(stage.create('team-a', claim)).rejects.toThrow(
      /exceeded quota.*gpu\.nvidia\.com\.deviceclass/u,
    );
  });

  it('lets a pod in that says nothing of cpu and memory', async () => {
    await stage.create('team-a', pod('silent', {}));
    const stored = JSON.parse(
      await stage.cluster.kubectl(['get', 'pod', 'silent', '-n', 'team-a', '-o', 'json']),
    ) as JsonObject;
    expect(listIn(objectIn(stored, 'spec'), 'containers').map((one) => one['resources'])).toEqual([
      { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '100m', memory: '128Mi' } },
    ]);
  });

  it.each(['counted', 'requested', 'undefaulted'])(
    'and the limits of "%s" let pods of every shape in, agent and all',
    async (namespace) => {
      const pods = GOLDEN.filter(({ home }) => home === namespace).map(({ name, object }) => {
        const spec = { ...objectIn(object, 'spec'), serviceAccountName: namespace };
        const { annotations = {} } = objectIn(object, 'metadata');
        const metadata = { name, namespace, annotations };
        return { ...object, metadata, spec, status: {} };
      });
      expect(pods.length).toBeGreaterThan(2);
      const list = { apiVersion: 'v1', kind: 'List', items: pods };
      const said = await stage.cluster.kubectl(
        ['create', '--dry-run=server', '-f', '-'],
        JSON.stringify(list),
      );
      expect(said.trim().split('\n')).toEqual(
        pods.map(({ metadata }) => `pod/${metadata.name} created (server dry run)`),
      );
    },
  );
});

describe('pod security', () => {
  it('refuses what the level does not allow', async () => {
    const open = pod('open', {}, { hostNetwork: true, securityContext: {} });
    await expect(stage.create('team-a', open)).rejects.toThrow(/violates PodSecurity "restricted:latest"/u);
  });
});
