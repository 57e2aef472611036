import { isUtf8 } from 'node:buffer';
import { describeProblems, parsed, type Parsed, rejected } from '#contract/problem.ts';
import type { Log } from '#platform/log.ts';
import type { OwnerEvent } from '../admission/event.ts';
import type { Verdict } from '../admission/handler.ts';
import { type AdmissionRequest, decodeReview } from '../admission/review.ts';
import type { InjectorMetrics } from '../metrics.ts';
import { type Decided, decidedBy, failed, nameOf } from './decided.ts';
import { likenessOf } from './likeness.ts';
import { Refusal } from './refusal.ts';
import { createTemplateMemory, type Decision, type Grounds, type TemplateMemory } from './template-memory.ts';

export interface ExchangeParts {
  /** May throw a `NotYet`, which is handed on. */
  readonly decide: (request: AdmissionRequest) => Verdict;
  /** What decisions rest on besides the request; nothing, if it is left out. */
  readonly grounds?: Grounds;
  /** Told what the owner of a pod is to know. */
  readonly told?: (event: OwnerEvent) => void;
  readonly metrics: InjectorMetrics;
  readonly log: Log;
}

/** A decision has to wait until the namespace is known. */
export class NotYet extends Error {
  override readonly name = 'NotYet';
  readonly namespace: string;

  constructor(namespace: string) {
    super('Cannot decide yet: the namespace is not known');
    this.namespace = namespace;
  }
}

interface Answered {
  readonly uid: string;
  readonly decided: Decided;
}

/**
 * Answers the body of an admission review with that of its answer, and counts and logs the decision: who and why, and
 * never what stands in the pod or the patch. The function it returns throws a `Refusal` if the body is no review, and the
 * `NotYet` of the decision.
 */
export function createExchange(parts: ExchangeParts): (body: Buffer) => string {
  const memory = createTemplateMemory(parts.grounds ?? (() => []));
  return (body) => {
    const began = performance.now();
    const answered = answerTo(textOf(body), memory, parts);
    const [before, behind] = answered.decided.answer;
    const answer = before + JSON.stringify(answered.uid) + behind;
    record(answered, performance.now() - began, parts);
    return answer;
  };
}

/** A pod of a template that has been decided about is answered alike; any other is looked at. */
function answerTo(text: string, memory: TemplateMemory, parts: ExchangeParts): Answered {
  const likeness = likenessOf(text);
  if (likeness !== undefined) {
    const decided = memory.recall(likeness);
    if (decided !== undefined) return { uid: likeness.uid, decided };
  }
  const request = readReview(text);
  const decision = settle(request, parts);
  // A fault is looked for by its uid in the log, so each has its own line there, and may be over with the next pod.
  const holds = decision.decided.result !== 'failed';
  if (holds && likeness?.uid === request.uid) memory.remember(likeness, decision);
  return { uid: request.uid, decided: decision.decided };
}

function textOf(body: Buffer): string {
  if (body.length === 0)
    throw new Refusal('empty', 'Cannot read the body: it is empty, send an AdmissionReview');
  if (!isUtf8(body)) throw notJson();
  return body.toString();
}

const notJson = (): Refusal => new Refusal('not_json', 'Cannot read the body: it is not JSON in UTF-8');

function readReview(text: string): AdmissionRequest {
  const json = readJson(text);
  if (!json.ok) throw notJson();
  const request = decodeReview(json.value);
  if (request.ok) return request.value;
  throw new Refusal('not_a_review', `Cannot read the review: ${describeProblems(request.problems)}`);
}

function readJson(text: string): Parsed<unknown> {
  try {
    return parsed(JSON.parse(text));
  } catch {
    return rejected([]);
  }
}

function settle(request: AdmissionRequest, { decide, log }: ExchangeParts): Decision {
  const { namespace } = request;
  try {
    return { namespace, decided: decidedBy(request, decide(request)) };
  } catch (error) {
    if (error instanceof NotYet) throw error;
    if (isTooDeep(error))
      throw new Refusal('not_a_review', 'Cannot read the review: it is nested deeper than a pod can be');
    const decided = failed(request);
    log.error({ uid: nameOf(request.uid), ...decided.pod, ...locate(error) }, 'Cannot decide: denied');
    return { namespace, decided };
  }
}

/** Thousands of lists in lists, of which JSON can be read and not written; no API server has such an object. */
const isTooDeep = (error: unknown): boolean =>
  error instanceof RangeError && error.message === 'Maximum call stack size exceeded';

function record({ uid, decided }: Answered, ms: number, { metrics, log, told }: ExchangeParts): void {
  const { result, reason, pod, patchBytes, accelerator, beyond, event } = decided;
  metrics.increment('sidekey_injector_requests_total', { result, reason });
  metrics.observe('sidekey_injector_request_duration_seconds', ms / 1000);
  if (accelerator !== undefined) metrics.increment('sidekey_injector_injected_pods_total', { accelerator });
  if (patchBytes !== undefined) metrics.observe('sidekey_injector_patch_bytes', patchBytes);
  for (const rule of beyond) metrics.increment('sidekey_injector_policy_denials_total', { rule });
  if (event !== undefined) told?.(event);
  log.info({ uid: nameOf(uid), ...pod, result, reason, ms: Math.round(ms * 1000) / 1000 }, 'Decided');
}

/** Where it was thrown. Not its message, which may quote the pod. */
function locate(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return {};
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /u.test(line));
  return { error: error.name, at: frames.slice(0, 5).map((line) => line.trim()) };
}
