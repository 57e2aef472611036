import { isUtf8 } from 'node:buffer';
import { objectIn, textIn } from '#contract/json.ts';
import { describeProblems, parsed, type Parsed, rejected } from '#contract/problem.ts';
import type { Log } from '#platform/log.ts';
import { respond, type Verdict } from '../admission/handler.ts';
import { type AdmissionResponse, errored } from '../admission/response.ts';
import { type AdmissionRequest, decodeReview, encodeReview } from '../admission/review.ts';
import type { InjectorMetrics, Result } from '../metrics.ts';
import type { CountedAccelerator } from '../pod/accelerators.ts';
import { Refusal } from './refusal.ts';

export interface ExchangeParts {
  /** May throw a `NotYet`, which is handed on. */
  readonly decide: (request: AdmissionRequest) => Verdict;
  /** Told of each decision. */
  readonly told?: (request: AdmissionRequest, verdict: Verdict) => void;
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

interface Outcome {
  /** Of a pod that is given its agent now. */
  readonly accelerator?: CountedAccelerator;
  readonly response: AdmissionResponse;
  readonly result: Result;
  readonly reason: string;
}

/**
 * Answers the body of an admission review with that of its answer, and counts and logs the decision: who and why, and
 * never what stands in the pod or the patch. The function it returns throws a `Refusal` if the body is no review, and the
 * `NotYet` of the decision.
 */
export function createExchange(parts: ExchangeParts): (body: Buffer) => string {
  return (body) => {
    const began = performance.now();
    const request = readReview(body);
    const { response, result, reason, accelerator } = settle(request, parts);
    const answer = JSON.stringify(encodeReview(response));
    const ms = performance.now() - began;
    parts.metrics.increment('sidekey_injector_requests_total', { result, reason });
    parts.metrics.observe('sidekey_injector_request_duration_seconds', ms / 1000);
    if (accelerator !== undefined)
      parts.metrics.increment('sidekey_injector_injected_pods_total', { accelerator });
    if (response.patch !== undefined)
      parts.metrics.observe('sidekey_injector_patch_bytes', Buffer.byteLength(response.patch, 'base64'));
    parts.log.info({ ...describe(request), result, reason, ms: Math.round(ms * 1000) / 1000 }, 'Decided');
    return answer;
  };
}

function readReview(body: Buffer): AdmissionRequest {
  if (body.length === 0)
    throw new Refusal('empty', 'Cannot read the body: it is empty, send an AdmissionReview');
  const json = readJson(body);
  if (!json.ok) throw new Refusal('not_json', 'Cannot read the body: it is not JSON in UTF-8');
  const request = decodeReview(json.value);
  if (request.ok) return request.value;
  throw new Refusal('not_a_review', `Cannot read the review: ${describeProblems(request.problems)}`);
}

function readJson(body: Buffer): Parsed<unknown> {
  if (!isUtf8(body)) return rejected([]);
  try {
    return parsed(JSON.parse(body.toString()));
  } catch {
    return rejected([]);
  }
}

/** A fault of our own must not let a pod start without its secrets: it is denied, and told no more than that. */
function settle(request: AdmissionRequest, { decide, told, metrics, log }: ExchangeParts): Outcome {
  try {
    const verdict = decide(request);
    if (verdict.outcome === 'denied')
      for (const rule of verdict.beyond) metrics.increment('sidekey_injector_policy_denials_total', { rule });
    told?.(request, verdict);
    return {
      response: respond(request.uid, verdict),
      result: verdict.outcome,
      reason: reasonOf(verdict),
      ...acceleratorOf(verdict),
    };
  } catch (error) {
    if (error instanceof NotYet) throw error;
    if (isTooDeep(error))
      throw new Refusal('not_a_review', 'Cannot read the review: it is nested deeper than a pod can be');
    log.error({ ...describe(request), ...locate(error) }, 'Cannot decide: denied');
    const message = 'Cannot inject the agent: an internal error, see the log of the injector for this uid';
    return { response: errored(request.uid, message), result: 'failed', reason: 'internal' };
  }
}

/** Thousands of lists in lists, of which JSON can be read and not written; no API server has such an object. */
const isTooDeep = (error: unknown): boolean =>
  error instanceof RangeError && error.message === 'Maximum call stack size exceeded';

/** Counted once for each pod, and not again when it is repaired after another webhook. */
function acceleratorOf(verdict: Verdict): Pick<Outcome, 'accelerator'> {
  return verdict.outcome === 'injected' && !verdict.again ? { accelerator: verdict.accelerator } : {};
}

function reasonOf(verdict: Verdict): string {
  if (verdict.outcome === 'skipped') return verdict.reason;
  if (verdict.outcome === 'denied') return 'invalid';
  return verdict.operations.length === 0 ? 'unchanged' : verdict.mode;
}

/** The longest name of Kubernetes; whoever sends a longer one is no API server and fills no log. */
const LONGEST_NAME = 253;

function describe({ uid, namespace, object }: AdmissionRequest): Readonly<Record<string, string>> {
  const metadata = objectIn(object, 'metadata');
  const fields = {
    uid,
    namespace,
    name: textIn(metadata, 'name'),
    generate_name: textIn(metadata, 'generateName'),
  };
  const known = Object.entries(fields).filter(([, text]) => text !== '');
  return Object.fromEntries(known.map(([key, text]) => [key, text.slice(0, LONGEST_NAME)]));
}

/** Where it was thrown. Not its message, which may quote the pod. */
function locate(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return {};
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /u.test(line));
  return { error: error.name, at: frames.slice(0, 5).map((line) => line.trim()) };
}
