import { type JsonObject, textIn } from '#contract/json.ts';
import type { Policy } from '../../../governance/policy/policy.ts';
import {
  type Action,
  validatingAdmissionPolicy,
} from '../../../governance/policy/validating-admission-policy.ts';
import { eventually, PATIENCE_MS } from '../../servers/eventually.ts';
import { sentinel, watchedBy } from '../../servers/policies-in-force.ts';
import { SETTINGS } from '../cases/namespaces.ts';
import { type Api, collectionOf } from './api.ts';

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
  const asked = watchedBy(name);
  await eventually('the policies in force', PATIENCE_MS, async () => {
    const path = `${collectionOf(asked)}?dryRun=All`;
    const { object } = await api.send({ method: 'POST', path, body: asked });
    if (!textIn(object, 'message').includes('in force')) throw new Error('not yet');
  });
  return [...objects, ...own];
}
