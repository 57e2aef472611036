import type { Habit } from './habit.ts';

/** Kinds of volumes that Pod Security "restricted" knows. */
const KINDS =
  "['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim', 'projected', 'secret']";

/** A pod's own word counts for containers that say nothing. */
const saidByEither = (field: string): string =>
  `variables.all.all(c, c.?securityContext.?${field}.or(object.spec.?securityContext.?${field}).hasValue())`;

/** What is asked of a pod as a whole. */
export const POD_HABITS: readonly Habit[] = [
  {
    name: 'room-of-empty-directories',
    expression: 'variables.volumes.all(v, !v.?emptyDir.hasValue() || v.emptyDir.?sizeLimit.hasValue())',
  },
  {
    name: 'room-of-memory-within-limits',
    expression:
      "variables.volumes.all(v, v.?emptyDir.?medium.orValue('') != 'Memory' || variables.all.filter(c, c.?volumeMounts.orValue([]).exists(m, m.name == v.name && !m.?readOnly.orValue(false)))" +
      ".all(c, c.?resources.?limits.?memory.hasValue() && quantity(string(c.resources.limits.memory)).compareTo(quantity(string(v.emptyDir.?sizeLimit.orValue('1Ei')))) > 0))",
  },
  { name: 'volumes-of-known-kinds', expression: `variables.volumes.all(v, ${KINDS}.exists(k, k in v))` },
  { name: 'no-directory-of-the-node', expression: 'variables.volumes.all(v, !v.?hostPath.hasValue())' },
  {
    name: 'tokens-for-an-hour',
    expression:
      'variables.volumes.all(v, v.?projected.?sources.orValue([]).all(s, s.?serviceAccountToken.?expirationSeconds.orValue(3600) <= 3600))',
  },
  {
    name: 'no-token-by-default',
    expression: 'object.spec.?automountServiceAccountToken.orValue(true) == false',
  },
  {
    name: 'account-of-its-own',
    expression: "object.spec.?serviceAccountName.orValue('default') != 'default'",
  },
  {
    name: 'apart-from-the-node',
    expression:
      "['hostNetwork', 'hostPID', 'hostIPC'].all(f, !(f in object.spec) || object.spec[f] == false)",
  },
  { name: 'processes-apart', expression: '!object.spec.?shareProcessNamespace.orValue(false)' },
  {
    name: 'no-settings-of-the-kernel',
    expression: 'object.spec.?securityContext.?sysctls.orValue([]).size() == 0',
  },
  { name: 'seccomp-profile', expression: saidByEither('seccompProfile') },
  { name: 'runs-as-non-root', expression: saidByEither('runAsNonRoot') },
  {
    name: 'one-container-has-the-gpu',
    expression:
      "variables.all.filter(c, c.?resources.?limits.orValue({}).exists(r, r.startsWith('nvidia.com/'))).size() == 1",
  },
  {
    name: 'the-first-container-has-the-gpu',
    expression: "variables.app[0].?resources.?limits.orValue({}).exists(r, r.startsWith('nvidia.com/'))",
  },
  {
    name: 'no-gpu-by-a-variable',
    expression:
      "variables.all.all(c, c.?env.orValue([]).all(e, e.name != 'NVIDIA_VISIBLE_DEVICES' || e.?value.orValue('') == 'void'))",
  },
  { name: 'the-application-is-alone', expression: 'variables.app.size() == 1' },
  { name: 'the-application-comes-first', expression: "variables.app[0].name == 'model-server'" },
  {
    name: 'names-of-containers-differ',
    expression: 'variables.all.all(c, variables.all.filter(d, d.name == c.name).size() == 1)',
  },
  {
    name: 'ports-differ',
    expression:
      'variables.lasting.all(c, c.?ports.orValue([]).all(p, variables.lasting.filter(d, d.?ports.orValue([]).exists(q, q.containerPort == p.containerPort)).size() == 1))',
  },
  {
    name: 'no-node-by-name',
    expression: "object.spec.?nodeName.orValue('') == ''",
  },
  {
    name: 'labels-of-an-application',
    expression: "object.metadata.?labels[?'app.kubernetes.io/name'].hasValue()",
  },
  { name: 'room-for-one-page', expression: 'variables.all.size() <= 5' },
];
