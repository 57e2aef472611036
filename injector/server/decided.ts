import { objectIn, textIn } from '#contract/json.ts';
import { eventOf, type OwnerEvent } from '../admission/event.ts';
import { respond, type Verdict } from '../admission/handler.ts';
import { type AdmissionResponse, errored } from '../admission/response.ts';
import { type AdmissionRequest, encodeReview } from '../admission/review.ts';
import type { LimitRule } from '../annotations/limit-rule.ts';
import type { Result } from '../metrics.ts';
import type { CountedAccelerator } from '../pod/accelerators.ts';

/** A decision: its answer, and what is counted, logged and told of it. Nothing in it depends on the request's uid. */
export interface Decided {
  readonly result: Result;
  readonly reason: string;
  /** Who it is about, for the log: never what stands in the pod. */
  readonly pod: PodNames;
  /** The body of the answer before and behind the uid, which is JSON. */
  readonly answer: readonly [before: string, behind: string];
  readonly patchBytes?: number;
  /** Of a pod that is given its agent now. */
  readonly accelerator?: CountedAccelerator;
  readonly beyond: readonly LimitRule[];
  readonly event?: OwnerEvent;
}

export type PodNames = Readonly<Record<'namespace' | 'name' | 'generate_name', string | undefined>>;

export function decidedBy(request: AdmissionRequest, verdict: Verdict): Decided {
  const response = respond('', verdict);
  const event = eventOf(request, verdict);
  return {
    result: verdict.outcome,
    reason: reasonOf(verdict),
    pod: namesOf(request),
    answer: answerOf(response),
    ...(response.patch !== undefined && { patchBytes: Buffer.byteLength(response.patch, 'base64') }),
    ...acceleratorOf(verdict),
    beyond: verdict.outcome === 'denied' ? verdict.beyond : [],
    ...(event && { event }),
  };
}

/** A fault of our own must not let a pod start without its secrets: it is denied, and told no more than that. */
export function failed(request: AdmissionRequest): Decided {
  const message = 'Cannot inject the agent: an internal error, see the log of the injector for this uid';
  const answer = answerOf(errored('', message));
  return { result: 'failed', reason: 'internal', pod: namesOf(request), answer, beyond: [] };
}

function answerOf(response: AdmissionResponse): Decided['answer'] {
  const text = JSON.stringify(encodeReview(response));
  // The uid is the first member of the response, so nothing that a pod says can stand before it.
  const place = text.indexOf(NO_UID) + NO_UID.length;
  return [text.slice(0, place - 2), text.slice(place)];
}

const NO_UID = '"response":{"uid":""';

/** Counted once for each pod, and not again when it is repaired after another webhook. */
function acceleratorOf(verdict: Verdict): Pick<Decided, 'accelerator'> {
  return verdict.outcome === 'injected' && !verdict.again ? { accelerator: verdict.accelerator } : {};
}

function reasonOf(verdict: Verdict): string {
  if (verdict.outcome === 'skipped') return verdict.reason;
  if (verdict.outcome === 'denied') return 'invalid';
  return verdict.operations.length === 0 ? 'unchanged' : verdict.mode;
}

function namesOf({ namespace, object }: AdmissionRequest): PodNames {
  const metadata = objectIn(object, 'metadata');
  return {
    namespace: nameOf(namespace),
    name: nameOf(textIn(metadata, 'name')),
    generate_name: nameOf(textIn(metadata, 'generateName')),
  };
}

/** The longest name of Kubernetes; whoever sends a longer one is no API server and fills no log. */
const LONGEST_NAME = 253;

/** For a log, which leaves out what there is none of. */
export const nameOf = (text: string): string | undefined =>
  text === '' ? undefined : text.slice(0, LONGEST_NAME);
