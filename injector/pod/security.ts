import { type Json, type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import type { Problem } from '#contract/problem.ts';
import type { Injection } from '../annotations/injection.ts';
import { signalledContainer } from './signalled.ts';

/** Of an image that names nobody. */
const NOBODY = 65_532;

/**
 * The security context of the agent: complete for Pod Security `restricted`, whatever the pod says for itself. The agent
 * is who it is asked to be; else the user of the container that it sends signals to or else of the first, or else of the pod, if
 * that is not root; or else nobody, unless the cluster has a user for every container, and would refuse one of another range.
 */
export function agentSecurityContext(spec: JsonObject, injection: Asks, assignsUsers: boolean): JsonObject {
  const { group, user } = agentIdentity(spec, injection, assignsUsers);
  return {
    allowPrivilegeEscalation: false,
    ...appArmor(spec),
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
    ...(group === undefined ? {} : { runAsGroup: group }),
    runAsNonRoot: true,
    ...(user === undefined ? {} : { runAsUser: user }),
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/** A profile of the node's is made for the application. Where none is named, it may be a node that knows no profiles at all. */
function appArmor(spec: JsonObject): JsonObject {
  const { type } = objectIn(objectIn(spec, 'securityContext'), 'appArmorProfile');
  return type === 'Localhost' ? { appArmorProfile: { type: 'RuntimeDefault' } } : {};
}

type Asks = Pick<Injection, 'files' | 'agent'>;

/** Who the agent is: neither is known where whoever admits the pod is to choose. */
export function agentIdentity(
  spec: JsonObject,
  { files, agent }: Asks,
  assignsUsers = false,
): { readonly user: number | undefined; readonly group: number | undefined } {
  const [first = {}] = listIn(spec, 'containers');
  const companion = signalledContainer(spec, { files }) ?? first;
  const otherwise = assignsUsers ? undefined : NOBODY;
  const usual = (field: IdentityField): number | undefined =>
    agent.namesNobody ? undefined : (identity(spec, companion, field) ?? otherwise);
  const user = agent.sameUser === undefined ? agent.user : undefined;
  return {
    user: user?.value ?? usual('runAsUser'),
    group: agent.group?.value ?? usual('runAsGroup'),
  };
}

type IdentityField = 'runAsUser' | 'runAsGroup';

/** No API server sends what is no whole number, and what JSON has no word for, such as 1e999, would be lost in the answer. */
const isUser = (id: Json | undefined): id is number => Number.isSafeInteger(id) && Number(id) > 0;

function identity(spec: JsonObject, container: JsonObject, field: IdentityField): number | undefined {
  const owners = [container, spec];
  return owners.map((owner) => objectIn(owner, 'securityContext')[field]).find(isUser);
}

/** What keeps the agent from being who it is asked to be. */
export function identityProblems(spec: JsonObject, injection: Asks): readonly Problem[] {
  const { sameUser } = injection.agent;
  const isMissing = sameUser !== undefined && !namesUser(spec);
  return [
    ...(isMissing ? [{ key: sameUser.key, message: SAME_USER }] : []),
    ...signalProblems(spec, injection),
  ];
}

/** Whether the first container runs as somebody who is not root; what the container says counts before what the pod says. */
function namesUser(spec: JsonObject): boolean {
  const [first = {}] = listIn(spec, 'containers');
  const ids = [first, spec].map((owner) => objectIn(owner, 'securityContext')['runAsUser']);
  return isUser(ids.find((id) => typeof id === 'number'));
}

/** A signal reaches processes of the same user alone. */
function signalProblems(spec: JsonObject, injection: Asks): readonly Problem[] {
  const { files, agent } = injection;
  const target = signalledContainer(spec, { files });
  const user = target && identity(spec, target, 'runAsUser');
  if (target === undefined || user === undefined || agent.user === undefined) return [];
  if (agentIdentity(spec, injection).user === user) return [];
  return [{ key: agent.user.key, message: otherUser(textIn(target, 'name'), user) }];
}

const SAME_USER =
  'asks for the user of the first container, which names none, or root; expected a runAsUser other than 0 in its securityContext';

const otherUser = (container: string, user: number): string =>
  `is another user than that of container "${container}", which the agent sends a signal to; expected ${user}, or no such annotation`;
