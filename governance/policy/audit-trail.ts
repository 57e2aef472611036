import { TENANT_LABEL } from '../tenancy.ts';
import { acceleratorPattern, requestedNames } from './accelerators.ts';
import { quote } from './cel.ts';
import { pod, SERVED_BY } from './examples.ts';
import type { NamedExpression, Policy } from './policy.ts';
import type { PolicySettings } from './settings.ts';
import { STORE_REQUESTS } from './store-requests.ts';
import { ANNOTATIONS, POD_VARIABLES, PODS } from './workloads.ts';

const accelerators = (settings: PolicySettings): NamedExpression => ({
  name: 'accelerators',
  expression:
    `variables.containers.map(c, [(${requestedNames('c', acceleratorPattern(settings))}` +
    `.map(r, r + ':' + string(c.?resources.?limits[?r].orValue(c.?resources.?requests[?r].orValue('')))) + ` +
    `c.?resources.?claims.orValue([]).map(l, 'claim:' + l.name)).join('+')]` +
    `.map(s, s == '' ? '' : c.name + '=' + s)[0]).filter(a, a != '')`,
});

/** Places without the annotations that they stand in. */
const placesOf = (variable: string): string =>
  `variables.${variable}.map(e, e.substring(e.indexOf(' ') + 1)).join(',')`;

export const auditTrail = (settings: PolicySettings): Policy => ({
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
  variables: [...POD_VARIABLES, ANNOTATIONS, ...STORE_REQUESTS, accelerators(settings)],
  validations: [],
  auditAnnotations: [
    { key: 'accelerators', valueExpression: "variables.accelerators.join(',')" },
    {
      key: 'vault-role',
      valueExpression: "variables.roles.map(k, variables.annotations[k].trim()).join(',')",
    },
    { key: 'secret-paths', valueExpression: placesOf('vaultPlaces') },
    { key: 'infisical', valueExpression: placesOf('infisicalPlaces') },
    {
      key: 'tenant',
      valueExpression: `string(namespaceObject.metadata.?labels[?${quote(TENANT_LABEL)}].orValue(''))`,
    },
  ],
  examples: {
    good: {
      title: 'nothing is refused; the log says model-server=nvidia.com/mig-3g.40gb:1',
      object: pod({ containers: [{ ...SERVED_BY, resources: { limits: { 'nvidia.com/mig-3g.40gb': 1 } } }] }),
    },
    bad: {
      title: 'nothing is refused',
      object: pod({ containers: [SERVED_BY] }),
    },
  },
});
