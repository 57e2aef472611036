import type { JsonObject } from '#contract/json.ts';
import type { Policy } from '../../../governance/policy/policy.ts';
import {
  type Action,
  validatingAdmissionPolicy,
} from '../../../governance/policy/validating-admission-policy.ts';
import { eventually } from '../../servers/eventually.ts';
import { SETTINGS } from '../cases/namespaces.ts';
import { type Api, collectionOf } from './api.ts';

const API = 'admissionregistration.k8s.io/v1';

/** A policy that has something to say about one ConfigMap that is never made. */
function sentinel(name: string): readonly JsonObject[] {
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] };
  const spec = {
    matchConstraints: { resourceRules: [rule] },
    matchConditions: [{ name: 'own', expression: `object.metadata.name == '${name}'` }],
    validations: [{ expression: 'false', message: 'in force' }],
  };
  return [
    { apiVersion: API, kind: 'ValidatingAdmissionPolicy', metadata: { name }, spec },
    {
      apiVersion: API,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name },
      spec: { policyName: name, validationActions: ['Warn'] },
    },
  ];
}

/**
 * Installs policies and waits until the API server holds to them: it reads policies in the order in which they were written,
 * so that it knows all of them when it knows one that was written last.
 *
 * @returns What has been installed.
 */
export async function putInForce(
  api: Api,
  policies: readonly Policy[],
  action: Action,
): Promise<readonly JsonObject[]> {
  const objects = policies.flatMap((policy) => validatingAdmissionPolicy(policy, SETTINGS, action));
  for (const object of objects) await api.apply(object);
  const name = `sentinel-${action}-${policies.length}-${performance.now().toFixed(0)}`;
  const own = sentinel(name);
  for (const object of own) await api.apply(object);
  const asked = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' } };
  await eventually('the policies in force', 30_000, async () => {
    const path = `${collectionOf(asked)}?dryRun=All`;
    const { warnings } = await api.send({ method: 'POST', path, body: asked });
    if (!warnings.some((warning) => warning.includes(name))) throw new Error('not yet');
  });
  return [...objects, ...own];
}
