import { randomUUID } from 'node:crypto';
import type { JsonObject } from '#contract/json.ts';
import { eventually, PATIENCE_MS } from './eventually.ts';

const API = 'admissionregistration.k8s.io/v1';

/** A policy, and its binding, that has something to say about one ConfigMap that is never made. */
export function sentinel(name: string): readonly JsonObject[] {
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
      spec: { policyName: name, validationActions: ['Deny'] },
    },
  ];
}

/** The ConfigMap that a sentinel of this name is about. */
export const watchedBy = (name: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
});

/**
 * Waits until the API server holds to its policies as they are written now, and to none that has been deleted: it learns of
 * policies, and of bindings, in the order in which they were written, so that it knows of all when it knows of one written last.
 */
export async function policiesInForce(
  kubectl: (args: readonly string[], stdin?: string) => Promise<string>,
): Promise<void> {
  const name = `sentinel-${randomUUID()}`;
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: sentinel(name) });
  await kubectl(['create', '-f', '-'], list);
  await eventually('the policies in force', PATIENCE_MS, async () => {
    const create = kubectl(['create', '--dry-run=server', '-f', '-'], JSON.stringify(watchedBy(name)));
    const said = await create.then(() => 'It was let pass', String);
    if (!said.includes('in force')) throw new Error(said);
  });
  await kubectl(['delete', '-f', '-'], list);
}
