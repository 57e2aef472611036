import { type JsonObject, objectIn, textIn } from '#contract/json.ts';
import type { AdmissionInput } from '../cel/admission.ts';
import type { Enforcement } from '../cel/binding.ts';
import { judge } from '../cel/judge.ts';
import { resourceOf } from '../cel/resource.ts';
import type { Policy } from '../policy/policy.ts';
import type { Finding } from './finding.ts';
import { spokenOf } from './place.ts';
import type { Path, PodPlace } from './pods.ts';

/** Somebody of the team, who may do everything but change what the team may have. */
const DEVELOPER = { username: 'developer', groups: ['system:authenticated'] };

/** The request that makes an object, as somebody of the team would send it. */
export const creation = (object: JsonObject, namespaceObject?: JsonObject): AdmissionInput => ({
  operation: 'CREATE',
  resource: resourceOf(object),
  object,
  ...(namespaceObject && { namespaceObject }),
  userInfo: DEVELOPER,
});

/** What findings are placed in: the object as it was written, and the pods of it that are meant. */
export interface Written {
  readonly object: JsonObject;
  readonly pods: readonly PodPlace[];
}

/** What the policies refuse of a request, where they are enforced; where they only audit, what they would tell. */
export function denials(
  policies: readonly Policy[],
  request: AdmissionInput,
  enforcement: Enforcement,
  written: Written,
): readonly Finding[] {
  if (enforcement === 'exempt') return [];
  return policies.flatMap((policy): readonly Finding[] => {
    const { verdict, message = '' } = judge(policy, request);
    if (verdict !== 'denied' && verdict !== 'failed') return [];
    const path = spokenOf(message, written.object, written.pods) ?? nearest(policy, written);
    const isDenied = verdict === 'denied' && enforcement === 'deny';
    const told = verdict === 'denied' && enforcement === 'audit' ? ONLY_TOLD : '';
    return [{ effect: isDenied ? 'denied' : 'note', path, subject: policy.name, message: message + told }];
  });
}

const ONLY_TOLD = '. The namespace is one that only audits, so this is told and not refused';

/** What a person has to change if the message names nothing that is there. */
function nearest({ name }: Policy, { object, pods: [pod] }: Written): Path {
  if (pod === undefined) return ['metadata', 'name'];
  const isOfAnnotations = name === 'sidekey-store-access' || name === 'sidekey-injected';
  const annotations = [...pod.metadata, 'annotations'];
  if (!isOfAnnotations) return [...pod.spec, 'containers'];
  const first = Object.keys(objectIn(objectIn(pod.pod, 'metadata'), 'annotations'))[0];
  return first === undefined || textIn(object, 'kind') === '' ? annotations : [...annotations, first];
}
