import type { JsonObject } from '#contract/json.ts';
import { TENANT_LABEL } from '../tenancy.ts';
import { cel, quote, quoteAll } from './cel.ts';
import { listed, message } from './message.ts';
import type { NamedExpression, Policy } from './policy.ts';
import type { PolicySettings } from './settings.ts';

/** What a namespace is allowed, and how its pods are secured. */
const GUARDED_ANNOTATIONS = quote('^sidekey[.]dev/');
const GUARDED_LABELS = quote(
  '^(sidekey[.]dev/|pod-security[.]kubernetes[.]io/|resource[.](k8s|kubernetes)[.]io/admin-access$)',
);

/** With these operations there is no such object: the API server calls it null and Kyverno an empty one. */
const ABSENT = { object: 'DELETE', oldObject: 'CREATE' };

const metadataOf = (object: keyof typeof ABSENT, field: 'labels' | 'annotations'): string =>
  `request.operation == ${quote(ABSENT[object])} ? dyn({}) : dyn(${object}).metadata.?${field}.orValue({})`;

/** Keys that were added, changed or taken away. */
const changed = (field: 'Labels' | 'Annotations', pattern: string): string => cel`
  (variables.old${field}.map(k, k) + variables.new${field}.map(k, k).filter(k, !(k in variables.old${field})))
    .filter(k, k.matches(${pattern}) && !(k in variables.old${field} && k in variables.new${field} &&
      variables.old${field}[k] == variables.new${field}[k]))
`;

const VARIABLES: readonly NamedExpression[] = [
  { name: 'oldLabels', expression: metadataOf('oldObject', 'labels') },
  { name: 'newLabels', expression: metadataOf('object', 'labels') },
  { name: 'oldAnnotations', expression: metadataOf('oldObject', 'annotations') },
  { name: 'newAnnotations', expression: metadataOf('object', 'annotations') },
  {
    name: 'changed',
    expression: cel`
      request.operation == 'DELETE' ? [] :
      ${changed('Labels', GUARDED_LABELS)}.map(k, 'label ' + k) +
      ${changed('Annotations', GUARDED_ANNOTATIONS)}.map(k, 'annotation ' + k)
    `,
  },
  // Once a deletion has begun, controllers see to its end.
  {
    name: 'removesTenant',
    expression: cel`
      request.operation == 'DELETE' && ${quote(TENANT_LABEL)} in variables.oldLabels &&
      !dyn(oldObject).metadata.?deletionTimestamp.hasValue()
    `,
  },
];

/** A namespace that is exempt by its name must not be made by others while it is not there. */
const takesName = ({ exemptNamespaces }: PolicySettings): NamedExpression => ({
  name: 'takesName',
  expression: cel`
    request.operation == 'CREATE' && object.metadata.?name.orValue('') in ${quoteAll(exemptNamespaces)}
  `,
});

const namespace = (annotations: Readonly<Record<string, string>>): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name: 'team-a',
    labels: { 'kubernetes.io/metadata.name': 'team-a', [TENANT_LABEL]: 'team-a' },
    annotations,
  },
});

const BOUND = { 'sidekey.dev/gpu-resources': 'nvidia.com/mig-3g.40gb' };
const DEVELOPER = { username: 'ada', groups: ['oidc:team-a-devs', 'system:authenticated'] };

const notPlatform = ({ platformGroups, platformUsers }: PolicySettings): NamedExpression => ({
  name: 'not-of-the-platform',
  expression: cel`
    !request.userInfo.?groups.orValue([]).exists(g, g in ${quoteAll(platformGroups)}) &&
    !(request.userInfo.?username.orValue('') in ${quoteAll(platformUsers)})
  `,
});

const DECLARED = {
  name: 'sidekey-tenancy-guard',
  title: 'What a namespace may have is for the platform to say',
  reason:
    'All other policies ask the namespace what it is allowed. Whoever can change that, or open the namespace to privileged pods, is held by none of them.',
  severity: 'critical',
  controls: [
    'ISO 27001 A.8.2',
    'ISO 27001 A.8.32',
    'SOC 2 CC6.3',
    'NIS2 21(2)(i)',
    'DORA Art. 9',
    'TISAX 4.2',
  ],
  advice:
    'Who deploys tenants by GitOps has to be one of the platform: name its service account in platformUsers. This holds for administrators of the cluster, too.',
  failurePolicy: 'Fail',
  scope: 'cluster',
  readsUser: true,
  resources: [
    {
      apiGroups: [''],
      apiVersions: ['v1'],
      operations: ['CREATE', 'UPDATE', 'DELETE'],
      // Metadata can be written through either subresource, too.
      resources: ['namespaces', 'namespaces/status', 'namespaces/finalize'],
    },
  ],
  validations: [
    {
      expression: 'variables.changed.size() == 0',
      message: 'what a namespace may have is for the platform team to change',
      messageExpression: message`only the platform may change what a namespace may have, but ${'request.userInfo.username'} changes: ${listed('variables.changed')}. Allowed here are other labels and annotations. Leave these as they are, and ask the platform team for the change`,
    },
    {
      expression: '!variables.takesName',
      message: 'a namespace of this name is for the platform team to make',
      messageExpression: message`no policy looks at a namespace called ${"object.metadata.?name.orValue('')"}, so only the platform may make it. Allowed here are other names. Choose one`,
    },
    {
      expression: '!variables.removesTenant',
      message: `a namespace with the label ${TENANT_LABEL} is a tenant's, and for the platform team to delete: ask them`,
    },
  ],
  auditAnnotations: [],
  examples: {
    good: {
      title: 'a developer writes an annotation of their own',
      object: namespace({ ...BOUND, 'example.com/contact': 'ada' }),
      oldObject: namespace(BOUND),
      user: DEVELOPER,
    },
    bad: {
      title: 'a developer allows the team whole GPUs',
      object: namespace({ 'sidekey.dev/gpu-resources': 'nvidia.com/*' }),
      oldObject: namespace(BOUND),
      user: DEVELOPER,
    },
  },
} as const satisfies Partial<Policy>;

export const tenancyGuard = (settings: PolicySettings): Policy => ({
  ...DECLARED,
  conditions: [notPlatform(settings)],
  variables: [...VARIABLES, takesName(settings)],
});
