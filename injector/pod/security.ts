import { type JsonObject, listIn, objectIn } from '#contract/json.ts';
import type { Injection } from '../annotations/injection.ts';
import { signalledContainer } from './signalled.ts';

/** Of an image that names nobody. */
const NOBODY = 65_532;

/**
 * The security context of the agent: complete for Pod Security `restricted`, whatever the pod says for itself. The agent
 * is the user of the container that it sends signals to or else of the first, or else of the pod, if that is not root.
 */
export function agentSecurityContext(spec: JsonObject, injection: Pick<Injection, 'files'>): JsonObject {
  const [first = {}] = listIn(spec, 'containers');
  const companion = signalledContainer(spec, injection) ?? first;
  const contexts = [objectIn(companion, 'securityContext'), objectIn(spec, 'securityContext')];
  return {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
    runAsGroup: identity(contexts, 'runAsGroup'),
    runAsNonRoot: true,
    runAsUser: identity(contexts, 'runAsUser'),
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

function identity(contexts: readonly JsonObject[], field: string): number {
  const ids = contexts.map((context) => context[field]);
  return ids.find((id): id is number => typeof id === 'number' && id > 0) ?? NOBODY;
}
