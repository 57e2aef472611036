import { describe, expect, it } from 'vitest';
import { type JsonObject, listIn, objectIn } from '#contract/json.ts';
import { review } from '../../../injector/admission/handler.ts';
import { examplePod, injected, requestFor, SETTINGS } from '../admission/example.ts';

const KEY = 'agent-json-patch';

type Operations = readonly JsonObject[];

const patchedBy = (operations: Operations, spec: JsonObject = {}): JsonObject =>
  examplePod(spec, { [KEY]: JSON.stringify(operations) });

/** What a patch is refused for, each to complete "would …". */
function refusals(operations: Operations, spec: JsonObject = {}): readonly string[] {
  const verdict = review(requestFor(patchedBy(operations, spec)), SETTINGS);
  const problems = verdict.outcome === 'denied' ? verdict.problems : [];
  expect(new Set(problems.map(({ key }) => key))).toEqual(
    new Set(problems.length > 0 ? [`vault.hashicorp.com/${KEY}`] : []),
  );
  return problems.map(({ message }) => message);
}

const add = (path: string, value: JsonObject[string]): JsonObject => ({ op: 'add', path, value });
const remove = (path: string): JsonObject => ({ op: 'remove', path });

const CONTEXT = '/securityContext';
const MOUNT = { name: 'v', mountPath: '/elsewhere' };

describe('a patch of the agent’s container', () => {
  it.each<readonly [string, JsonObject, string]>([
    ['its name', add('/name', 'other'), 'change its name'],
    ['its image', add('/image', 'other'), 'use agent-image'],
    ['what it runs', add('/command', ['sh']), 'change its command'],
    ['how it is run', add('/args', ['init']), 'change its args'],
    ['whether it stays', remove('/restartPolicy'), 'change its restartPolicy'],
    ['who waits for it', remove('/startupProbe'), 'use agent-pre-populate'],
    ['its configuration', add('/env/0/value', 'e30='), 'change its variable SIDEKEY_CONFIG'],
    [
      'its configuration, by another of its name',
      add('/env/-', { name: 'SIDEKEY_CONFIG', value: '' }),
      'SIDEKEY_CONFIG',
    ],
    ['that it sees no GPU', remove('/env/1'), 'NVIDIA_VISIBLE_DEVICES'],
    ['its mounts', remove('/volumeMounts/2'), 'take away its mount /run/sidekey/token'],
    [
      'its mounts, from above',
      add('/volumeMounts/-', { ...MOUNT, mountPath: '/run/' }),
      'mount something over its own',
    ],
    [
      'its mounts, in another spelling',
      add('/volumeMounts/-', { ...MOUNT, mountPath: '/vault//./secrets' }),
      'mount something over its own',
    ],
    [
      'its mounts, from the root as the kubelet takes it',
      add('/volumeMounts/-', { ...MOUNT, mountPath: 'run/sidekey/state' }),
      'mount something over its own',
    ],
    [
      'its mounts, by a link of the image',
      add('/volumeMounts/-', { ...MOUNT, mountPath: '/var/run/sidekey' }),
      'mount something over its own',
    ],
    [
      'its program',
      add('/volumeMounts/-', { ...MOUNT, mountPath: '/sidekey' }),
      'mount something over its own',
    ],
    [
      'whose devices it sees',
      add('/env/-', { name: 'HABANA_VISIBLE_DEVICES', value: 'all' }),
      'show it devices by HABANA_VISIBLE_DEVICES',
    ],
    [
      'whose devices it sees, by a mount',
      add('/volumeMounts/-', { ...MOUNT, mountPath: '/var/run/nvidia-container-devices/all' }),
      'show it devices by /var/run/nvidia-container-devices/all',
    ],
    ['who has its token', add('/volumeMounts/-', { ...MOUNT, name: 'sidekey-token' }), 'mount the injector'],
    ['its port', remove('/ports/0'), 'take away its port'],
    ['ports of the node', add('/ports/-', { containerPort: 1, hostPort: 1 }), 'take a port of the node'],
    ['devices', add('/resources/limits', { 'amd.com/gpu': 1 }), 'give it amd.com/gpu'],
    ['claims', add('/resources/claims', [{ name: 'gpu' }]), 'give it a resource claim'],
    [
      'the class of the pod',
      add('/resources/requests', { cpu: '1m' }),
      'make a pod Burstable that is BestEffort',
    ],
    ['privileges', add(`${CONTEXT}/privileged`, true), 'make it privileged'],
    ['what it may gain', add(`${CONTEXT}/allowPrivilegeEscalation`, true), 'gain privileges'],
    ['its root', remove(`${CONTEXT}/readOnlyRootFilesystem`), 'make its root writable'],
    ['its user', add(`${CONTEXT}/runAsUser`, 0), 'make it root'],
    ['that it is not root', remove(`${CONTEXT}/runAsNonRoot`), 'let it be root'],
    ['capabilities', add(`${CONTEXT}/capabilities/add`, ['SYS_ADMIN']), 'give it capabilities'],
    ['capabilities that are dropped', remove(`${CONTEXT}/capabilities`), 'leave it capabilities'],
    ['seccomp', add(`${CONTEXT}/seccompProfile`, { type: 'Unconfined' }), 'lift its seccomp profile'],
    ['AppArmor', add(`${CONTEXT}/appArmorProfile`, { type: 'Unconfined' }), 'lift its AppArmor profile'],
    ['SELinux', add(`${CONTEXT}/seLinuxOptions`, { type: 'spc_t' }), 'SELinux'],
    ['/proc', add(`${CONTEXT}/procMount`, 'Unmasked'), 'unmask /proc'],
    ['all of its security', remove(CONTEXT), 'let it be root'],
    [
      'other hosts',
      add('/lifecycle', { preStop: { httpGet: { host: '169.254.169.254', port: 80 } } }),
      'another host',
    ],
  ])('may not change %s', (_, operation, broken) => {
    expect(refusals([operation]).join('\n')).toContain(broken);
  });

  it('may not make something else of it altogether', () => {
    expect(refusals([{ op: 'replace', path: '', value: [] }])).not.toEqual([]);
    expect(refusals([{ op: 'replace', path: '', value: {} }])).not.toEqual([]);
  });

  it.each<readonly [string, JsonObject]>([
    ['variables', add('/env/-', { name: 'TZ', value: 'UTC' })],
    ['mounts elsewhere', add('/volumeMounts/-', MOUNT)],
    ['another user', add(`${CONTEXT}/runAsUser`, 7)],
    ['how often it is looked at', add('/livenessProbe/periodSeconds', 60)],
    ['a pull policy', add('/imagePullPolicy', 'Always')],
    ['a disk', add('/resources/requests', { 'ephemeral-storage': '10Mi' })],
    ['a low port', add(`${CONTEXT}/capabilities/add`, ['NET_BIND_SERVICE'])],
  ])('may change %s, once', (_, operation) => {
    expect(refusals([operation])).toEqual([]);
    const pod = injected(patchedBy([operation]));
    expect(review(requestFor(pod), SETTINGS)).toMatchObject({ outcome: 'injected', operations: [] });
  });

  it('may change resources where the class of the pod stays', () => {
    const spec = { containers: [{ name: 'a', resources: { requests: { cpu: '1' } } }] };
    const operation = add('/resources/limits/memory', '1Gi');
    expect(refusals([operation], spec)).toEqual([]);
    const [agent = {}] = listIn(objectIn(injected(patchedBy([operation], spec)), 'spec'), 'initContainers');
    expect(objectIn(objectIn(agent, 'resources'), 'limits')).toMatchObject({ memory: '1Gi' });
  });

  it.each<readonly [string, JsonObject, string]>([
    ['a variable', add('/env/-', 5), 'env[] something else than an object'],
    ['a value', add('/env/-', { name: 'A', value: 5 }), 'env[].value something else than a text'],
    ['a list', add('/envFrom', 'x'), 'envFrom[] something else than an object'],
    ['a list of volumes', add('/volumeDevices', {}), 'volumeDevices[] something else than an object'],
    ['resources', add('/resources', 'x'), 'resources something else than an object'],
    ['an amount', add('/resources/limits', { memory: 'lots' }), 'resources.limits.* something else than a'],
    ['a user', add(`${CONTEXT}/runAsUser`, '7'), 'securityContext.runAsUser something else than a whole'],
    ['a capability', add(`${CONTEXT}/capabilities/add`, 'X'), 'securityContext.capabilities.add[] something'],
    ['a flag', add('/tty', 'yes'), 'tty something else than true or false'],
    ['a text', add('/workingDir', ['/']), 'workingDir something else than a text'],
  ])('may not be of a form that no API server reads: %s', (_, operation, part) => {
    expect(refusals([operation]).join('\n')).toContain(`would make ${part}`);
  });

  it('may say that something is not there', () => {
    expect(refusals([add('/lifecycle', null), add('/env/-', { name: 'A', value: null })])).toEqual([]);
  });

  it('is told everything that it breaks, in one answer', () => {
    expect(
      refusals([add('/name', 'x'), remove('/startupProbe'), add(`${CONTEXT}/privileged`, true)]),
    ).toHaveLength(3);
  });
});
