import { expect, test } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import type { Policy } from '../../../governance/policy/policy.ts';
import { policies } from '../../../governance/policy/policies.ts';
import { DEFAULT_SETTINGS } from '../../../governance/policy/settings.ts';
import { askingPod, judgeObject } from './admission.ts';

const LARGEST_MESSAGE = 5 * 1024;
const MANY = Array.from({ length: 400 }, (_, index) => `${'x'.repeat(50)}-${index}`);
const LONG_LISTS = Object.fromEntries(
  ['gpu-resources', 'device-classes', 'vault-roles', 'vault-paths', 'infisical', 'infisical-identities'].map(
    (key) => [`sidekey.dev/${key}`, MANY.map((name) => `${name}/a/b`).join(',')],
  ),
);

const podOf = (spec: JsonObject): JsonObject => ({ ...askingPod({}), spec });

/** Each wrong in as many ways as the policy knows, four hundred times. */
const OBJECTS: Readonly<Record<string, JsonObject>> = {
  'sidekey-gpu-resources': podOf({
    containers: MANY.map((name) => ({ name, resources: { limits: { 'nvidia.com/gpu': 1 } } })),
  }),
  'sidekey-gpu-limits': podOf({
    containers: [],
    tolerations: MANY.map((name) => ({ key: `nvidia.com/${name}` })),
  }),
  'sidekey-gpu-no-bypass': {
    ...podOf({
      runtimeClassName: 'nvidia',
      containers: MANY.map((name) => ({
        name,
        env: [{ name: 'NVIDIA_VISIBLE_DEVICES', value: 'all' }],
        securityContext: { privileged: true },
        volumeMounts: [{ name, mountPath: `/run/nvidia-container-devices/${name}` }],
      })),
      volumes: MANY.map((name) => ({ name, hostPath: { path: `/dev/${name}` } })),
    }),
    metadata: { annotations: Object.fromEntries(MANY.map((name) => [`cdi.k8s.io/${name}`, 'x'])) },
  },
  'sidekey-gpu-device-classes': {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaim',
    metadata: {},
    spec: {
      devices: {
        requests: MANY.map((name) => ({ name, exactly: { deviceClassName: name, adminAccess: true } })),
      },
    },
  },
  'sidekey-store-access': askingPod({
    ...Object.fromEntries(MANY.map((name) => [`vault.hashicorp.com/agent-inject-secret-${name}`, 'a/b\nc'])),
    ...Object.fromEntries(MANY.map((name) => [`sidekey.dev/secret.${name}`, 'infisical:p/e/f'])),
    ...Object.fromEntries(MANY.map((name) => [`sidekey.dev/secret.${name}-too`, 'bao:x'])),
    'vault.hashicorp.com/role': 'r'.repeat(2000),
    'sidekey.dev/infisical-identity': 'i'.repeat(2000),
  }),
  'sidekey-no-plaintext-secrets': podOf({
    containers: MANY.slice(0, 20).map((name) => ({
      name,
      env: MANY.slice(0, 20).map((variable) => ({ name: variable, value: `hf_${'a1'.repeat(17)}` })),
    })),
  }),
};

const CASES = policies(DEFAULT_SETTINGS).flatMap(
  (policy): readonly (readonly [string, Policy, JsonObject])[] => {
    const object = OBJECTS[policy.name];
    return object === undefined ? [] : [[policy.name, policy, object]];
  },
);

test.each(CASES)(
  '%s says everything in one line that the API server shows, however much it is',
  (_, ...[policy, object]) => {
    const { verdict, message = '' } = judgeObject(policy, object, LONG_LISTS);
    expect(verdict).toBe('denied');
    expect(Buffer.byteLength(message)).toBeLessThan(LARGEST_MESSAGE);
    expect(message).not.toContain('\n');
    // The one that stands in for it says nothing of what was found.
    expect(policy.validations.map((validation) => validation.message)).not.toContain(message);
    expect(message).toContain('x'.repeat(50));
  },
);

test('a message names the place of a credential and no part of it', () => {
  const token = `hf_${'q7Xv2Lr9Tz'.repeat(3)}`;
  const object = podOf({ containers: [{ name: 'loader', env: [{ name: 'TOKEN', value: token }] }] });
  const policy = CASES.find(([name]) => name === 'sidekey-no-plaintext-secrets')?.[1];
  if (policy === undefined) throw new Error('There is no such policy');
  const { message } = judgeObject(policy, object);
  expect(message).toContain('loader -> variable TOKEN');
  expect(message).not.toContain('q7Xv2');
});

test('a source that is none is not repeated, for it may be a credential that went into the wrong place', () => {
  const policy = CASES.find(([name]) => name === 'sidekey-store-access')?.[1];
  if (policy === undefined) throw new Error('There is no such policy');
  const { verdict, message } = judgeObject(policy, askingPod({ 'sidekey.dev/secret.token': 'q7Xv2Lr9Tz' }));
  expect(verdict).toBe('denied');
  expect(message).toContain('sidekey.dev/secret.token');
  expect(message).not.toContain('q7Xv2');
});
