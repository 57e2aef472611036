import { isObject, type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import { describeProblems, type Problem } from '#contract/problem.ts';
import { SKIP_REASONS } from '../pod/decide.ts';
import type { Verdict } from './handler.ts';
import type { AdmissionRequest } from './review.ts';

/** What the owner of a pod is told of it. */
export interface OwnerEvent {
  readonly involved: {
    readonly kind: string;
    readonly apiVersion: string;
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
  };
  readonly type: 'Warning';
  readonly reason: 'InjectionDenied' | 'InjectionSkipped' | 'InjectionWarning';
  readonly note: string;
}

/**
 * What the owner of a pod is to be told, if anything. Who makes a pod by hand reads the answer, and who has it made by a
 * controller does not: a Deployment is silent about what its ReplicaSet was told. Pods that got what they asked for are not
 * worth an Event, for each is a write.
 */
export function eventOf(request: AdmissionRequest, verdict: Verdict): OwnerEvent | undefined {
  if (request.dryRun) return undefined;
  const involved = ownerOf(request);
  const told = noteOf(verdict);
  return involved && told && { involved, type: 'Warning', ...told };
}

function noteOf(verdict: Verdict): Pick<OwnerEvent, 'reason' | 'note'> | undefined {
  const { warnings } = verdict;
  if (verdict.outcome === 'denied')
    return { reason: 'InjectionDenied', note: `A pod is denied: ${lines(verdict.problems)}` };
  if (warnings.length === 0) return undefined;
  return verdict.outcome === 'skipped'
    ? { reason: 'InjectionSkipped', note: `A pod gets no agent: ${SKIP_REASONS[verdict.reason]}` }
    : { reason: 'InjectionWarning', note: lines(warnings) };
}

const lines = (problems: readonly Problem[]): string => describeProblems(problems);

/** The controller that makes the pod. */
function ownerOf({ object, namespace }: AdmissionRequest): OwnerEvent['involved'] | undefined {
  const references = listIn(objectIn(object, 'metadata'), 'ownerReferences').filter(isObject);
  const owner = references.find((one: JsonObject) => one['controller'] === true);
  if (owner === undefined) return undefined;
  const [apiVersion, kind, name, uid] = ['apiVersion', 'kind', 'name', 'uid'].map((field) =>
    textIn(owner, field),
  );
  if (!apiVersion || !kind || !name || !uid) return undefined;
  return { kind, apiVersion, namespace, name, uid };
}
