import { type Json, type JsonObject, listIn, objectIn } from '#contract/json.ts';
import type { Injection } from '../annotations/injection.ts';
import { signalledContainer } from './signalled.ts';

/** Of an image that names nobody. */
const NOBODY = 65_532;

/**
 * The security context of the agent: complete for Pod Security `restricted`, whatever the pod says for itself. The agent
 * is the user of the container that it sends signals to or else of the first, or else of the pod, if that is not root; or else
 * nobody, unless the cluster has a user for every container, and would refuse one of another range.
 */
export function agentSecurityContext(
  spec: JsonObject,
  injection: Pick<Injection, 'files'>,
  assignsUsers: boolean,
): JsonObject {
  const otherwise = assignsUsers ? undefined : NOBODY;
  const [first = {}] = listIn(spec, 'containers');
  const companion = signalledContainer(spec, injection) ?? first;
  const contexts = [objectIn(companion, 'securityContext'), objectIn(spec, 'securityContext')];
  return {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
    ...identity('runAsGroup', contexts, otherwise),
    runAsNonRoot: true,
    ...identity('runAsUser', contexts, otherwise),
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/** No API server sends what is no whole number, and what JSON has no word for, such as 1e999, would be lost in the answer. */
const isUser = (id: Json | undefined): id is number => Number.isSafeInteger(id) && Number(id) > 0;

function identity(
  field: 'runAsUser' | 'runAsGroup',
  contexts: readonly JsonObject[],
  otherwise: number | undefined,
): JsonObject {
  const ids = contexts.map((context) => context[field]);
  const id = ids.find(isUser) ?? otherwise;
  return id === undefined ? {} : { [field]: id };
}
