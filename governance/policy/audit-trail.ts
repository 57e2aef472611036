import { TENANT_LABEL } from '../tenancy.ts';
import { acceleratorPattern, requested } from './accelerators.ts';
import { cel, flattened, quote } from './cel.ts';
import { pod, SERVED_BY } from './examples.ts';
import type { NamedExpression, Policy } from './policy.ts';
import type { PolicySettings } from './settings.ts';
import { placeIn, STORE_REQUESTS } from './store-requests.ts';
import { ANNOTATIONS, POD_VARIABLES, PODS } from './workloads.ts';

/** `<container>=<name>:<number>`, and `<container>=claim:<name>` for what comes by a ResourceClaim. */
const ACCELERATORS: NamedExpression = {
  name: 'accelerators',
  expression: cel`
    ${flattened(cel`
      variables.containers.map(c, variables.requested.filter(e, e.startsWith(c.name + ' -> '))
        .map(e, e.substring(c.name.size() + 4))
        .map(r, c.name + '=' + r + ':' + string(c.resources.?limits[?r].orValue(c.resources.?requests[?r].orValue(''))))
        .join('\n'))
    `)} +
    ${flattened(cel`
      variables.containers.map(c, c.?resources.?claims.orValue([])
        .map(l, c.name + '=claim:' + l.name).join('\n'))
    `)}
  `,
};

/** Places without the annotations that they stand in. */
const placesOf = (entries: string): string => `${entries}.map(e, ${placeIn('e')}).join(',')`;

const DECLARED = {
  name: 'sidekey-audit-trail',
  title: 'Who got what is on record',
  reason:
    'The audit log of the API server says who made a pod; with these notes it says which accelerators and which secrets the pod asked for, too.',
  severity: 'low',
  controls: ['ISO 27001 A.8.15', 'SOC 2 CC7.2', 'NIS2 21(2)(b)', 'DORA Art. 10', 'TISAX 5.2'],
  // A note is not worth a pod.
  failurePolicy: 'Ignore',
  scope: 'namespaced',
  readsUser: false,
  resources: [PODS],
  conditions: [],
  validations: [],
  auditAnnotations: [
    { key: 'accelerators', valueExpression: "variables.accelerators.join(',')" },
    {
      key: 'vault-role',
      valueExpression: "variables.roles.map(k, variables.annotations[k].trim()).join(',')",
    },
    { key: 'secret-paths', valueExpression: placesOf('variables.vaultPlaces') },
    { key: 'infisical', valueExpression: placesOf('variables.infisicalPlaces') },
    {
      key: 'tenant',
      valueExpression: `string(namespaceObject.metadata.?labels[?${quote(TENANT_LABEL)}].orValue(''))`,
    },
  ],
  examples: {
    good: {
      title: 'the log says model-server=nvidia.com/mig-3g.40gb:1',
      object: pod({ containers: [{ ...SERVED_BY, resources: { limits: { 'nvidia.com/mig-3g.40gb': 1 } } }] }),
    },
  },
} as const satisfies Partial<Policy>;

export const auditTrail = (settings: PolicySettings): Policy => ({
  ...DECLARED,
  variables: [
    ...POD_VARIABLES,
    ANNOTATIONS,
    ...STORE_REQUESTS,
    requested(acceleratorPattern(settings)),
    ACCELERATORS,
  ],
});
