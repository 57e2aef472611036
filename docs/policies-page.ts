import { isObject, type JsonObject, textIn } from '#contract/json.ts';
import { judge } from '../governance/cel/judge.ts';
import { resourceOf } from '../governance/cel/resource.ts';
import { policies } from '../governance/policy/policies.ts';
import type { Example, Policy, ResourceRule } from '../governance/policy/policy.ts';
import { DEFAULT_SETTINGS } from '../governance/policy/settings.ts';
import { yamlDocuments } from '../governance/yaml.ts';
import { table } from './table.ts';

const INTRODUCTION = `Ten rules for a cluster that several teams share. What a team may have stands in the labels and annotations of its namespace, which
\`sidekey tenant render\` writes and only the platform may change; the policies are the same for all, and are installed once:

- as ValidatingAdmissionPolicies, which the API server itself holds (\`sidekey policy render\`, or
  [deploy/kyverno/validating-admission-policies](../deploy/kyverno/validating-admission-policies) with the settings that hold by default);
- for Kyverno, as reports beside them, or in their place (\`sidekey policy render --engine kyverno\`);
- without a cluster, over the manifests of a repository (\`sidekey tenant check\`).

All three evaluate the same CEL. [deploy/kyverno](../deploy/kyverno/README.md) says which to apply, and in which order.

A policy holds in every namespace but those of the platform (\`exemptNamespaces\`), whether it belongs to a tenant or not: where no annotation
allows anything, nothing is allowed. In a namespace with the label \`sidekey.dev/enforcement: audit\` what is found is told and logged, and
nothing is refused. What was there before a policy can be scaled, labelled and deleted: an update counts if it changes what is judged.

An accelerator is a resource of one of these domains, which a platform may set (\`acceleratorDomains\`): ${DEFAULT_SETTINGS.acceleratorDomains.map((domain) => `\`${domain}\``).join(', ')}.

The controls are our reading of the standards; nobody has certified it.`;

const BLIND_SPOTS = `- Variables from \`envFrom\`, from the image (\`ENV\`), or set by the process itself. On nodes where \`nvidia\` is the default runtime, or in pods with its
  runtimeClass, an image with \`NVIDIA_VISIBLE_DEVICES=all\` sees every GPU: set \`accept-nvidia-visible-devices-envvar-when-unprivileged=false\`
  in the runtime's configuration, and \`DEVICE_LIST_STRATEGY=cdi-cri\` in the device plugin's.
- A path that a template computes (\`secret (printf "…" .x)\`), one from a variable, or one in a template file; whoever makes a Sidekey agent by hand can
  ask for anything as well. What a role may read is decided by the store, and by it alone where nobody else can see: this is why each team has a role and
  a policy of its own there.
- The client of Infisical's universal auth, whose id stands in a Secret.
- Selectors within a ResourceClaim: allow one DeviceClass for each profile.
- What a PersistentVolume of a tenant's claim leads to: only the platform makes those.
- Capabilities, host namespaces and seccomp: Pod Security is there for them (\`pod-security.kubernetes.io/enforce\`, which the guard protects).
- Credentials without a shape, such as passwords; those in \`binaryData\`, in images and in files; and Secrets, which are made for them.
- Resources of vendors that \`acceleratorDomains\` does not name.
- The policies themselves: RBAC has to keep ValidatingAdmissionPolicies, bindings, webhook configurations and PolicyExceptions from everybody
  but the platform.`;

/** Resources by the names that people know them by. */
const KINDS: Readonly<Record<string, string>> = {
  pods: 'Pod',
  'pods/ephemeralcontainers': 'the containers of `kubectl debug`',
  replicationcontrollers: 'ReplicationController',
  podtemplates: 'PodTemplate',
  deployments: 'Deployment',
  statefulsets: 'StatefulSet',
  daemonsets: 'DaemonSet',
  replicasets: 'ReplicaSet',
  jobs: 'Job',
  cronjobs: 'CronJob',
  configmaps: 'ConfigMap',
  resourceclaims: 'ResourceClaim',
  resourceclaimtemplates: 'ResourceClaimTemplate',
  namespaces: 'Namespace',
  'namespaces/status': 'its status',
  'namespaces/finalize': 'its finalizers',
};

/** The reference page of the policies. Deterministic. */
export function policiesPage(note: string): string {
  const all = policies(DEFAULT_SETTINGS);
  const rows = all.map(({ name, title, severity }) => [`[\`${name}\`](#${name})`, title, severity]);
  const parts = [
    `# Policies\n\n${note}\n\n${INTRODUCTION}`,
    table(['policy', 'what it holds', 'severity'], rows),
    ...all.map(policyPart),
    `## What policies cannot see\n\n${BLIND_SPOTS}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function policyPart(policy: Policy): string {
  const { name, title, reason, advice, examples } = policy;
  const parts = [
    `## ${name}`,
    `**${title}.** ${reason}${advice === undefined ? '' : ` ${advice}`}`,
    table(['', ''], facts(policy)),
    examplePart('Allowed', examples.good),
    ...(examples.bad === undefined
      ? []
      : [examplePart('Refused', examples.bad), refusal(policy, examples.bad)]),
  ];
  return parts.join('\n\n');
}

function facts(policy: Policy): readonly (readonly string[])[] {
  const keys = keysOf(policy);
  const notes = policy.auditAnnotations.map(({ key }) => `\`${policy.name}/${key}\``);
  return [
    ['severity', policy.severity],
    ['controls', policy.controls.join(', ')],
    ['looks at', looksAt(policy.resources)],
    ...(keys.length === 0 ? [] : [['asks the namespace for', keys.map((key) => `\`${key}\``).join(', ')]]),
    ['if it cannot be evaluated', policy.failurePolicy === 'Fail' ? 'refused' : 'allowed'],
    ...(notes.length === 0 ? [] : [['notes in the audit log', notes.join(', ')]]),
  ];
}

/** Kinds by what happens to them. */
function looksAt(rules: readonly ResourceRule[]): string {
  const kinds = Map.groupBy(rules, ({ operations }) => operations.join(', '));
  const texts = Array.from(kinds, ([operations, same]) => {
    const names = same.flatMap(({ resources }) => resources.map((resource) => KINDS[resource] ?? resource));
    return `${names.join(', ')} (${operations})`;
  });
  return texts.join('; ');
}

/** Labels and annotations of the namespace that the expressions name. */
function keysOf({ variables, auditAnnotations }: Policy): readonly string[] {
  const expressions = [
    ...variables.map(({ expression }) => expression),
    ...auditAnnotations.map(({ valueExpression }) => valueExpression),
  ].join('\n');
  const found = expressions.matchAll(
    /namespaceObject\.metadata\.\?(?:labels|annotations)\[\?'(?<key>[^']+)'\]/gu,
  );
  return [...new Set(Array.from(found, ({ groups }) => groups?.['key'] ?? ''))].toSorted();
}

function examplePart(word: string, example: Example): string {
  const { title, namespace, object, oldObject } = example;
  const shown = [
    ...(namespace === undefined ? [] : [namespaceOf(example)]),
    ...(oldObject === undefined ? [] : [oldObject]),
    object,
  ];
  const before = oldObject === undefined ? '' : ', before and after';
  return `${word}: ${title}${before}.\n\n\`\`\`yaml\n${yamlDocuments(shown)}\`\`\``;
}

/** The namespace that an example's object is in. */
function namespaceOf({ namespace = {}, object }: Example): JsonObject {
  const { metadata } = object;
  const name = isObject(metadata) ? textIn(metadata, 'namespace') : '';
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, ...namespace } };
}

const NOBODY = { username: 'ada', groups: ['oidc:team-a-devs'] };

/** What the person is told, by the policy itself. */
function refusal(policy: Policy, example: Example): string {
  const { object, oldObject, user } = example;
  const { message = '' } = judge(policy, {
    operation: oldObject === undefined ? 'CREATE' : 'UPDATE',
    resource: resourceOf(object),
    object,
    ...(oldObject && { oldObject }),
    namespaceObject: namespaceOf(example),
    userInfo: user ?? NOBODY,
  });
  return `> ${message}`;
}
