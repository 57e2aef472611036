import { annotationsIn, type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import { BREAK_GLASS_LABEL } from '#contract/layout.ts';
import type { Problem } from '#contract/problem.ts';
import { isBuiltIn, type Path } from '../../../governance/check/pods.ts';
import { review, type Verdict } from '../../../injector/admission/handler.ts';
import { askingOptIns } from '../../../injector/annotations/request.ts';
import { requestedAccelerators } from '../../../injector/pod/accelerators.ts';
import { findOurContainer } from '../../../injector/pod/own.ts';
import { qosClass } from '../../../injector/pod/qos.ts';
import type { Manifest } from '../../manifest/manifest.ts';
import { describePath, type Effect, type Finding, type Flaw } from '../finding.ts';
import { textAnnotations } from '../namespace.ts';
import { flawsInMetadata } from '../object-metadata.ts';
import { agentPart } from './added.ts';
import { idleAnnotations, understood } from './annotations.ts';
import { filesOf } from './files.ts';
import { listedKeys, type Injector } from './injector.ts';
import type { PodPart } from './places.ts';
import type { InjectedPod, PodOutcome, PodReport, PodStanding } from './report.ts';
import { withPodRequests } from './pod-resources.ts';
import { podSecurity } from './security/standard.ts';
import type { Surroundings } from './surroundings.ts';

/** What a pod is explained with. */
export interface PodContext {
  readonly manifest: Manifest;
  readonly injector: Injector;
  /** Of the object; empty if kubectl is to say. */
  readonly namespace: string;
  readonly surroundings: Surroundings;
}

/** Shows a pod to the injector, whose own code decides about it. */
export function explainPod(part: PodPart, context: PodContext): PodReport {
  const { title, template } = part;
  const pod = meant(part.pod);
  const head = { title, ...(template && { template }), pod };
  const [asked] = askingOptIns(annotationsIn(pod));
  if (asked === undefined) return { ...head, ...unasked(part, context) };
  if (context.surroundings.isBroken) return { ...head, ...unseen(asked.key, part, context) };
  const verdict = review(
    {
      uid: '',
      operation: 'CREATE',
      resource: 'v1/pods',
      namespace: context.namespace,
      object: pod,
    },
    { ...context.injector.settingsFor(pod), ...context.surroundings.settings },
  );
  const findings = [...flawsIn(part, context), ...findingsOf(verdict, part, context)];
  const placeOf = (key: string) => context.manifest.at(part.locate(['metadata', 'annotations', key]));
  const faulty = new Set(findings.map(({ subject }) => subject));
  const injected = verdict.outcome === 'injected' ? injectedPod(pod, verdict) : undefined;
  return {
    ...head,
    outcome: OUTCOMES[verdict.outcome],
    ...(verdict.outcome === 'skipped' && { reason: verdict.reason }),
    findings,
    annotations: understood(pod, placeOf, faulty),
    ...(verdict.outcome !== 'skipped' && standing(pod)),
    ...(injected && { injected }),
  };
}

/** Of a pod that does not ask, annotations that mean something only if it did are a mistake. */
function unasked(
  { pod, locate }: PodPart,
  { manifest }: PodContext,
): Pick<PodReport, 'outcome' | 'reason' | 'findings' | 'annotations'> {
  const [found] = idleAnnotations(textAnnotations(pod));
  if (found === undefined) return { outcome: 'unasked', findings: [], annotations: [] };
  const place = manifest.at(locate(['metadata', 'annotations', found.key]));
  const finding: Finding = { effect: 'uninjected', place, subject: found.key, message: found.message };
  return { outcome: 'uninjected', reason: 'not_requested', findings: [finding], annotations: [] };
}

/** Of a namespace whose glass is broken the API server asks no injector. */
function unseen(
  key: string,
  part: PodPart,
  context: PodContext,
): Pick<PodReport, 'outcome' | 'findings' | 'annotations'> {
  const message = `no injector is asked: the namespace is labelled ${BREAK_GLASS_LABEL}=true`;
  return {
    outcome: 'uninjected',
    findings: [findingOf({ key, message }, 'uninjected', part, context)],
    annotations: [],
  };
}

const standing = (pod: JsonObject): Pick<PodReport, 'standing' | 'accelerators'> => ({
  standing: standingOf(pod, pod),
  accelerators: requestedAccelerators(objectIn(pod, 'spec')).map(({ kind, name }) => ({ kind, name })),
});

const OUTCOMES: Readonly<Record<Verdict['outcome'], PodOutcome>> = {
  injected: 'injected',
  skipped: 'uninjected',
  denied: 'denied',
};

/** The annotations as they were meant: a bare `true` is a finding of its own, and no reason not to look at the others. */
function meant(pod: JsonObject): JsonObject {
  const metadata = objectIn(pod, 'metadata');
  return { ...pod, metadata: { ...metadata, annotations: textAnnotations(pod) } };
}

/** `sent` is the pod as the API server gets it, which fills in what is missing before the injector sees it. */
function standingOf(pod: JsonObject, sent: JsonObject): PodStanding {
  const { resources } = withPodRequests(objectIn(sent, 'spec'));
  const spec = { ...objectIn(pod, 'spec'), ...(resources !== undefined && { resources }) };
  return { qos: qosClass(spec), security: podSecurity(pod) };
}

type Injection = Extract<Verdict, { readonly outcome: 'injected' }>;

function injectedPod(before: JsonObject, { pod, operations }: Injection): InjectedPod {
  const agent = findOurContainer(pod) ?? {};
  return {
    pod,
    operations,
    standing: standingOf(pod, before),
    agent: agentPart(before, pod, agent),
    files: filesOf(agent),
  };
}

/** What the API server does not take, whatever the injector says. */
function flawsIn({ pod, locate }: PodPart, { manifest }: PodContext): readonly Finding[] {
  const { annotations = {}, labels = {} } = objectIn(pod, 'metadata');
  // Of other kinds, a controller may put in what is missing.
  const isEmpty = isBuiltIn(manifest.value) && listIn(objectIn(pod, 'spec'), 'containers').length === 0;
  const flaws = [
    ...flawsInMetadata({ metadata: { name: 'a-pod', annotations, labels } }),
    ...(isEmpty ? [NO_CONTAINER] : []),
  ];
  return flaws.map(({ path, message }) => ({
    effect: 'refused',
    place: manifest.at(locate(path)),
    subject: describePath(path),
    message,
  }));
}

const NO_CONTAINER: Flaw = {
  path: ['spec', 'containers'],
  message: 'is missing or empty; expected at least one container',
};

function findingsOf(verdict: Verdict, part: PodPart, context: PodContext): readonly Finding[] {
  const found = (effect: Effect) => (problem: Problem) => findingOf(problem, effect, part, context);
  const warnings = verdict.warnings.map(found(verdict.outcome === 'skipped' ? 'uninjected' : 'note'));
  const problems = verdict.outcome === 'denied' ? verdict.problems.map(found('denied')) : [];
  return [...problems, ...warnings, ...assumptions(part, context)];
}

function findingOf({ key, message }: Problem, effect: Effect, part: PodPart, context: PodContext): Finding {
  const place = context.manifest.at(part.locate(pathOf(key)));
  return { effect, place, subject: key, message };
}

/** The injector names a field of a pod by its path (`spec.containers[0].name`), and an annotation by its key. */
function pathOf(key: string): Path {
  if (!/^(?:spec|metadata)(?:\.|$)/u.test(key)) return ['metadata', 'annotations', key];
  return key.split(/[.[\]]+/u).filter((part) => part !== '');
}

/** What would depend on others: on the controller that makes the pod, and on the operator, of whom nothing is known. */
function assumptions(part: PodPart, context: PodContext): readonly Finding[] {
  const { injector, manifest } = context;
  return [...handedOn(part, context), ...(injector.isKnown ? [] : listed(part, manifest))];
}

function handedOn(part: PodPart, { manifest }: PodContext): readonly Finding[] {
  const [asked] = part.isAsSent ? [] : askingOptIns(annotationsIn(part.pod));
  if (asked === undefined) return [];
  const kind = textIn(manifest.value, 'kind');
  const place = manifest.at(part.locate(['metadata', 'annotations', asked.key]));
  const message = `reaches the pod only if the controller of this ${kind} hands it on, which is not known here`;
  return [{ effect: 'note', place, subject: asked.key, message }];
}

function listed(part: PodPart, manifest: Manifest): readonly Finding[] {
  return listedKeys(annotationsIn(part.pod)).map((key) => ({
    effect: 'note',
    place: manifest.at(part.locate(['metadata', 'annotations', key])),
    subject: key,
    message:
      "is taken only if it is on the operator's list, which is not known here; name it with --injector",
  }));
}
