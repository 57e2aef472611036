import { describe, expect, it } from 'vitest';
import { type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import { review } from '../../../injector/admission/handler.ts';
import { examplePod, injected, requestFor, SETTINGS } from '../admission/example.ts';

const namesIn = (pod: JsonObject, list: string): readonly string[] =>
  listIn(objectIn(pod, 'spec'), list).map((entry) => textIn(entry, 'name'));

const agentIn = (pod: JsonObject): JsonObject => listIn(objectIn(pod, 'spec'), 'initContainers').at(-1) ?? {};

/** The image of the agent after a second pass over a pod in which another webhook changed it. */
function imageAfter(image: string): string {
  const once = injected(examplePod());
  const spec = { ...objectIn(once, 'spec'), initContainers: [{ ...agentIn(once), image }] };
  return textIn(agentIn(injected({ ...once, spec })), 'image');
}

describe('a pod that has next to nothing', () => {
  it.each<[string, JsonObject]>([
    ['no lists', {}],
    ['empty lists', { volumes: [], initContainers: [] }],
    ['null for lists', { volumes: null, initContainers: null }],
  ])('is injected: %s', (_, spec) => {
    const after = injected(examplePod(spec));
    expect(namesIn(after, 'initContainers')).toEqual(['sidekey-agent']);
    expect(namesIn(after, 'volumes')).toEqual(['sidekey-secrets', 'sidekey-state', 'sidekey-token']);
  });
});

describe('the agent', () => {
  it('runs as nobody where the pod says root or nothing', () => {
    for (const spec of [{}, { securityContext: { runAsUser: 0 } }]) {
      expect(agentIn(injected(examplePod(spec)))['securityContext']).toMatchObject({
        runAsUser: 65_532,
        runAsGroup: 65_532,
      });
    }
  });

  it('sees variables of the pod where a template names them', () => {
    const template = { 'agent-inject-template-api': '{{ env "POD_IP" }} {{ env "HOST_IP" }}' };
    expect(listIn(agentIn(injected(examplePod({}, template))), 'env').slice(2)).toEqual([
      { name: 'HOST_IP', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.hostIP' } } },
      { name: 'POD_IP', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } },
    ]);
  });

  it('has a port name that the API server takes', () => {
    const [port] = listIn(agentIn(injected(examplePod())), 'ports');
    expect(textIn(port ?? {}, 'name')).toMatch(/^[a-z\d](?:[a-z\d-]{0,13}[a-z\d])?$/u);
  });

  it('changes its form with the annotations, and never stands there twice', () => {
    const once = injected(examplePod());
    const only = {
      ...once,
      metadata: examplePod({}, { 'agent-pre-populate-only': 'true' })['metadata'] ?? null,
    };
    const after = injected(only);
    expect(namesIn(after, 'initContainers')).toEqual(['sidekey-agent-init']);
    expect(agentIn(after)).not.toHaveProperty('startupProbe');
  });

  it('keeps the registry and digest that another webhook gave its image, and no other image', () => {
    expect(imageAfter('mirror:5000/x/agent@sha256:abc')).toBe('mirror:5000/x/agent@sha256:abc');
    expect(imageAfter('registry.example/busybox:1')).toBe(SETTINGS.agentImage);
  });

  it('keeps the mounts that another webhook gave it, and none over its own, its program or for devices', () => {
    const places = ['/etc/ssl', '/run//sidekey/state', '/var/run/sidekey', '/sidekey/app'];
    const all = [...places, '/var/run/nvidia-container-devices/all'];
    const once = injected(examplePod());
    const own = listIn(agentIn(once), 'volumeMounts');
    const agent = {
      ...agentIn(once),
      volumeMounts: [...own, ...all.map((mountPath) => ({ name: 'v', mountPath }))],
    };
    const after = injected({ ...once, spec: { ...objectIn(once, 'spec'), initContainers: [agent] } });
    expect(listIn(agentIn(after), 'volumeMounts')).toEqual([...own, { name: 'v', mountPath: '/etc/ssl' }]);
  });

  it('keeps the disk that a LimitRange gave it, and no CPU, memory or GPU', () => {
    const amounts = { cpu: '1', memory: '1Gi', 'ephemeral-storage': '1Gi', 'nvidia.com/gpu': '1' };
    const once = injected(examplePod());
    const agent = { ...agentIn(once), resources: { limits: amounts, requests: { ...amounts } } };
    const after = injected({ ...once, spec: { ...objectIn(once, 'spec'), initContainers: [agent] } });
    const disk = { 'ephemeral-storage': '1Gi' };
    expect(agentIn(after)['resources']).toEqual({ limits: disk, requests: disk });
  });
});

it('makes patches that only add to a pod which was never seen before', () => {
  const pod = examplePod({ volumes: [{ name: 'v', emptyDir: {} }], initContainers: [{ name: 'i' }] });
  const verdict = review(requestFor(pod), SETTINGS);
  if (verdict.outcome !== 'injected') throw new Error('Cannot go on: the pod is not injected');
  expect(new Set(verdict.operations.map(({ op }) => op))).toEqual(new Set(['add']));
});
