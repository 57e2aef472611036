import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import {
  type PodSecurity,
  podSecurity,
  type Standard,
} from '../../../../cli/explain/pod/security/standard.ts';

const CONTEXT = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
const POD_CONTEXT = { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };

const look = (spec: JsonObject, annotations: JsonObject = {}): PodSecurity =>
  podSecurity({ metadata: { annotations }, spec });

/** A pod that keeps to every standard, but for what is given. */
const hardened = (container: JsonObject = {}, spec: JsonObject = {}): JsonObject => ({
  securityContext: POD_CONTEXT,
  ...spec,
  containers: [{ name: 'a', securityContext: CONTEXT, ...container }],
});

const withContext = (context: JsonObject): JsonObject =>
  hardened({ securityContext: { ...CONTEXT, ...context } });

const withPodContext = (context: JsonObject): JsonObject =>
  hardened({}, { securityContext: { ...POD_CONTEXT, ...context } });

test('a pod that says nothing of itself is not restricted, and every container is named', () => {
  const { standard, violations } = look({ containers: [{ name: 'a' }], initContainers: [{ name: 'b' }] });
  expect(standard).toBe('baseline');
  expect(violations.restricted.map(({ path }) => path.slice(0, 3).join('.'))).toContain(
    'spec.initContainers.0',
  );
  expect(violations.restricted).toHaveLength(8);
});

const CASES: readonly (readonly [string, JsonObject, Standard])[] = [
  ['nothing but what is asked for', hardened(), 'restricted'],
  ['a port of its own', hardened({ ports: [{ containerPort: 80 }] }), 'restricted'],
  ['a port of the node', hardened({ ports: [{ hostPort: 80 }] }), 'privileged'],
  ['the node’s network', hardened({}, { hostNetwork: true }), 'privileged'],
  ['the node’s processes', hardened({}, { hostPID: true }), 'privileged'],
  ['the node’s memory', hardened({}, { hostIPC: true }), 'privileged'],
  [
    'a directory of the node',
    hardened({}, { volumes: [{ name: 'v', hostPath: { path: '/' } }] }),
    'privileged',
  ],
  ['a disk', hardened({}, { volumes: [{ name: 'v', nfs: { server: 'a' } }] }), 'baseline'],
  ['a volume that says nothing', hardened({}, { volumes: [{ name: 'v' }] }), 'restricted'],
  ['an image as a volume', hardened({}, { volumes: [{ name: 'v', image: {} }] }), 'restricted'],
  ['all of the node', withContext({ privileged: true }), 'privileged'],
  ['a harmless capability', withContext({ capabilities: { drop: ['ALL'], add: ['CHOWN'] } }), 'baseline'],
  [
    'the one that stays',
    withContext({ capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } }),
    'restricted',
  ],
  ['a harmful capability', withContext({ capabilities: { add: ['SYS_ADMIN'] } }), 'privileged'],
  ['root', withContext({ runAsUser: 0 }), 'baseline'],
  ['perhaps root', withContext({ runAsNonRoot: false }), 'baseline'],
  [
    'root among users of its own',
    hardened(
      { securityContext: CONTEXT },
      { hostUsers: false, securityContext: { seccompProfile: { type: 'RuntimeDefault' }, runAsUser: 0 } },
    ),
    'restricted',
  ],
  ['no seccomp', withPodContext({ seccompProfile: { type: 'Unconfined' } }), 'privileged'],
  ['no AppArmor', withContext({ appArmorProfile: { type: 'Unconfined' } }), 'privileged'],
  ['another SELinux type', withPodContext({ seLinuxOptions: { type: 'spc_t' } }), 'privileged'],
  [
    'an SELinux type for containers',
    withPodContext({ seLinuxOptions: { type: 'container_t' } }),
    'restricted',
  ],
  ['an SELinux level', withPodContext({ seLinuxOptions: { level: 's0:c1' } }), 'restricted'],
  ['an SELinux user', withPodContext({ seLinuxOptions: { user: 'root' } }), 'privileged'],
  ['all of /proc', withContext({ procMount: 'Unmasked' }), 'privileged'],
  ['a sysctl of the node', withPodContext({ sysctls: [{ name: 'kernel.msgmax' }] }), 'privileged'],
  ['a sysctl of the pod', withPodContext({ sysctls: [{ name: 'net.ipv4.tcp_rmem' }] }), 'restricted'],
  ['a probe of another host', hardened({ livenessProbe: { httpGet: { host: '10.0.0.1' } } }), 'privileged'],
  ['a probe of itself', hardened({ livenessProbe: { httpGet: { port: 80 } } }), 'restricted'],
  ['a process of the node', withPodContext({ windowsOptions: { hostProcess: true } }), 'privileged'],
  [
    'Windows, which knows none of it',
    { os: { name: 'windows' }, securityContext: { runAsNonRoot: true }, containers: [{ name: 'a' }] },
    'restricted',
  ],
  ['a container for debugging', { ...hardened(), ephemeralContainers: [{ name: 'd' }] }, 'baseline'],
];

describe('the strictest standard of a pod with', () => {
  test.each(CASES)('%s', (_, spec, standard) => {
    expect(look(spec).standard).toBe(standard);
  });
});

test('of an AppArmor annotation the value counts', () => {
  const key = 'container.apparmor.security.beta.kubernetes.io/a';
  expect(look(hardened(), { [key]: 'unconfined' }).standard).toBe('privileged');
  for (const value of ['', 'runtime/default', 'localhost/mine'])
    expect(look(hardened(), { [key]: value }).standard, value).toBe('restricted');
});

test('nothing is said twice', () => {
  const { violations } = look(withContext({ procMount: 'Unmasked', capabilities: { add: ['SYS_ADMIN'] } }));
  const paths = [...violations.baseline, ...violations.restricted].map(({ path }) => path.join('.'));
  expect(new Set(paths).size).toBe(paths.length);
});
