import { isArray, type Json, listIn, objectIn } from '#contract/json.ts';
import { procMount, unwantedCapabilities } from './baseline.ts';
import {
  containersOf,
  contextsOf,
  hasOwnUsers,
  isWindows,
  type Rule,
  settingOf,
  violations,
} from './parts.ts';

const VOLUMES: readonly string[] = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

/** A volume that says nothing is an empty directory. */
const volumes: Rule = (pod) =>
  listIn(objectIn(pod, 'spec'), 'volumes').flatMap((volume, index) => {
    const sources = Object.keys(volume).filter((field) => field !== 'name' && volume[field] !== null);
    const isFine = sources.length === 0 || sources.some((source) => VOLUMES.includes(source));
    const path = ['spec', 'volumes', String(index), sources[0] ?? 'name'];
    return isFine ? [] : [{ path, message: `must not be: expected one of ${VOLUMES.join(', ')}` }];
  });

const escalation: Rule = (pod) =>
  isWindows(pod)
    ? []
    : containersOf(pod).flatMap(({ object, path }) => {
        const isFine = objectIn(object, 'securityContext')['allowPrivilegeEscalation'] === false;
        const field = [...path, 'securityContext', 'allowPrivilegeEscalation'];
        return isFine ? [] : [{ path: field, message: 'must be false' }];
      });

const nonRoot: Rule = (pod) => {
  if (hasOwnUsers(pod)) return [];
  return [
    ...violations(contextsOf(pod), 'runAsNonRoot', (value) => (value === false ? 'must be true' : undefined)),
    ...containersOf(pod)
      .filter((container) => (settingOf(pod, container, 'runAsNonRoot') ?? undefined) === undefined)
      .map(({ path }) => ({
        path: [...path, 'securityContext', 'runAsNonRoot'],
        message: "must be true, here or in the pod's securityContext",
      })),
  ];
};

const user: Rule = (pod) =>
  hasOwnUsers(pod)
    ? []
    : violations(contextsOf(pod), 'runAsUser', (value) => (value === 0 ? 'must not be 0' : undefined));

/** One that is given is looked at by the baseline standard. */
const seccomp: Rule = (pod) =>
  isWindows(pod)
    ? []
    : containersOf(pod)
        .filter((container) => (settingOf(pod, container, 'seccompProfile') ?? undefined) === undefined)
        .map(({ path }) => ({
          path: [...path, 'securityContext', 'seccompProfile'],
          message: "must be RuntimeDefault or Localhost, here or in the pod's securityContext",
        }));

const ALLOWED: readonly Json[] = ['NET_BIND_SERVICE'];

const capabilities: Rule = (pod) => {
  if (isWindows(pod)) return [];
  return containersOf(pod).flatMap(({ object, path }) => {
    const context = { object: objectIn(object, 'securityContext'), path: [...path, 'securityContext'] };
    const dropped = objectIn(context.object, 'capabilities')['drop'];
    const dropsAll = isArray(dropped) && dropped.includes('ALL');
    const field = [...context.path, 'capabilities', 'drop'];
    return [
      ...(dropsAll ? [] : [{ path: field, message: 'must be ["ALL"]' }]),
      ...unwantedCapabilities(context, ALLOWED),
    ];
  });
};

/** What the restricted standard of Kubernetes 1.36 asks for beside the baseline one. */
export const RESTRICTED: readonly Rule[] = [
  volumes,
  escalation,
  nonRoot,
  user,
  seccomp,
  capabilities,
  procMount,
];
