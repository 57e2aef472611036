import type { JsonObject } from '#contract/json.ts';
import { isBuiltIn } from '../../../governance/check/pods.ts';
import type { Finding } from '../finding.ts';
import type { ObjectReport, Verdict } from '../report.ts';
import { explainPod, type PodContext } from './explain.ts';
import { misplaced } from './misplaced.ts';
import { podParts } from './places.ts';
import type { PodOutcome, PodReport } from './report.ts';

type Workload = Pick<ObjectReport, 'verdict' | 'findings' | 'pods' | 'namespaceKnown' | 'value'>;

/** What becomes of the pods of an object; of one in which there are none, whether it asks for something all the same. */
export function explainWorkload(context: PodContext): Workload {
  const { value } = context.manifest;
  const parts = podParts(value);
  const pods = parts.map((part) => explainPod(part, context));
  const known = parts.length === 0 ? {} : { pods, namespaceKnown: context.surroundings.isKnown, value };
  const findings = pods.every(({ outcome }) => outcome === 'unasked')
    ? misplaced(parts, context.manifest)
    : [];
  return { verdict: verdictOf(pods, findings, value), findings, ...known };
}

function verdictOf(pods: readonly PodReport[], findings: readonly Finding[], object: JsonObject): Verdict {
  if (findings.some(({ effect }) => effect === 'uninjected')) return 'uninjected';
  if (findings.length > 0 && !isBuiltIn(object)) return 'unseen';
  if (pods.length === 0) return 'unexplained';
  if (pods.some((pod) => pod.findings.some(({ effect }) => effect === 'refused'))) return 'refused';
  return WORST_FIRST.find((outcome) => pods.some((pod) => pod.outcome === outcome)) ?? 'unasked';
}

const WORST_FIRST: readonly PodOutcome[] = ['denied', 'uninjected', 'injected'];
