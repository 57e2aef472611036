import type { Habit } from './habit.ts';

/** True if it is so of every container of a list. */
const each = (list: 'all' | 'app' | 'init' | 'lasting', condition: string): string =>
  `variables.${list}.all(c, ${condition})`;

const hasProbe = (probe: string): string => each('lasting', `c.?${probe}.hasValue()`);

const resource = (list: 'requests' | 'limits', name: string): string => `c.?resources.?${list}[?'${name}']`;

const has = (list: 'requests' | 'limits', name: string): string => `${resource(list, name)}.hasValue()`;

/** Both are there, and the same however they are spelled. */
const same = (name: string): string =>
  `${has('requests', name)} && ${has('limits', name)} && ` +
  `quantity(string(${resource('requests', name)}.value())).compareTo(quantity(string(${resource('limits', name)}.value()))) == 0`;

const IMAGE_NAME = "c.image.split('/')[c.image.split('/').size() - 1]";

/** What is asked of every container by itself. */
export const CONTAINER_HABITS: readonly Habit[] = [
  { name: 'image-by-digest', expression: each('all', "c.image.matches('@sha256:[0-9a-f]{64}$')") },
  { name: 'image-with-tag-or-digest', expression: each('all', `${IMAGE_NAME}.matches('[:@]')`) },
  { name: 'image-not-latest', expression: each('all', "!c.image.matches(':latest(@|$)')") },
  { name: 'image-of-a-named-registry', expression: each('all', "c.image.matches('^[^/]+[.:][^/]*/')") },
  { name: 'image-pulled', expression: each('all', "c.?imagePullPolicy.orValue('Always') != 'Never'") },

  { name: 'liveness-probe', expression: hasProbe('livenessProbe') },
  { name: 'readiness-probe', expression: hasProbe('readinessProbe') },
  {
    name: 'alive-is-not-ready',
    expression: each(
      'lasting',
      '!c.?livenessProbe.hasValue() || !c.?readinessProbe.hasValue() || c.livenessProbe != c.readinessProbe',
    ),
  },
  {
    name: 'no-probe-by-command',
    expression: each(
      'all',
      "['livenessProbe', 'readinessProbe', 'startupProbe'].all(p, !c[?p].?exec.hasValue())",
    ),
  },
  {
    name: 'no-probe-of-what-ends',
    expression: each('init', "c.?restartPolicy.orValue('') == 'Always' || !c.?livenessProbe.hasValue()"),
  },

  { name: 'cpu-request', expression: each('all', has('requests', 'cpu')) },
  { name: 'memory-request', expression: each('all', has('requests', 'memory')) },
  { name: 'cpu-limit', expression: each('all', has('limits', 'cpu')) },
  { name: 'memory-limit', expression: each('all', has('limits', 'memory')) },
  { name: 'memory-request-is-limit', expression: each('all', same('memory')) },
  { name: 'guaranteed', expression: each('all', `${same('cpu')} && ${same('memory')}`) },
  {
    name: 'no-more-memory-than-a-node',
    expression: each(
      'all',
      `!${has('limits', 'memory')} || quantity(string(${resource('limits', 'memory')}.value())).compareTo(quantity('1Ti')) <= 0`,
    ),
  },

  {
    name: 'no-privilege-escalation',
    expression: each('all', 'c.?securityContext.?allowPrivilegeEscalation.orValue(true) == false'),
  },
  { name: 'not-privileged', expression: each('all', '!c.?securityContext.?privileged.orValue(false)') },
  {
    name: 'drops-all-capabilities',
    expression: each('all', "c.?securityContext.?capabilities.?drop.orValue([]).exists(d, d == 'ALL')"),
  },
  {
    name: 'adds-no-capability',
    expression: each(
      'all',
      "c.?securityContext.?capabilities.?add.orValue([]).all(a, a == 'NET_BIND_SERVICE')",
    ),
  },
  {
    name: 'read-only-root',
    expression: each('all', 'c.?securityContext.?readOnlyRootFilesystem.orValue(false)'),
  },
  {
    name: 'runs-as-non-root-itself',
    expression: each('all', 'c.?securityContext.?runAsNonRoot.orValue(false)'),
  },
  { name: 'runs-as-a-user-itself', expression: each('all', 'c.?securityContext.?runAsUser.orValue(0) > 0') },
  {
    name: 'runs-as-a-group-itself',
    expression: each('all', 'c.?securityContext.?runAsGroup.orValue(0) > 0'),
  },
  {
    name: 'seccomp-profile-itself',
    expression: each(
      'all',
      "c.?securityContext.?seccompProfile.?type.orValue('') in ['RuntimeDefault', 'Localhost']",
    ),
  },
  {
    name: 'masked-proc',
    expression: each('all', "c.?securityContext.?procMount.orValue('Default') == 'Default'"),
  },

  {
    name: 'ports-have-names',
    expression: each('all', "c.?ports.orValue([]).all(p, p.?name.orValue('') != '')"),
  },
  {
    name: 'no-port-of-the-node',
    expression: each('all', 'c.?ports.orValue([]).all(p, p.?hostPort.orValue(0) == 0)'),
  },
  {
    name: 'no-port-of-root',
    expression: each('all', 'c.?ports.orValue([]).all(p, p.containerPort >= 1024)'),
  },
  {
    name: 'no-secret-in-a-variable',
    expression: each(
      'all',
      'c.?env.orValue([]).all(e, !e.?valueFrom.?secretKeyRef.hasValue()) && c.?envFrom.orValue([]).all(e, !e.?secretRef.hasValue())',
    ),
  },
  {
    name: 'no-mount-of-a-part',
    expression: each(
      'all',
      'c.?volumeMounts.orValue([]).all(m, !m.?subPath.hasValue() && !m.?subPathExpr.hasValue())',
    ),
  },
  {
    name: 'no-mount-that-goes-back',
    expression: each(
      'all',
      "c.?volumeMounts.orValue([]).all(m, m.?mountPropagation.orValue('None') == 'None')",
    ),
  },
];
