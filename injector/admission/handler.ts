import { annotationsIn, type JsonObject, objectIn } from '#contract/json.ts';
import type { Problem } from '#contract/problem.ts';
import { excesses } from '../annotations/excess.ts';
import type { Injection } from '../annotations/injection.ts';
import { type LimitRule, rulesIn } from '../annotations/limit-rule.ts';
import { parseOnce } from '../annotations/parse-once.ts';
import { askingOptIns, followedAnnotations, inFamilyOf, type OptIn } from '../annotations/request.ts';
import { type CountedAccelerator, countedAccelerator } from '../pod/accelerators.ts';
import type { Agent } from '../pod/container.ts';
import { decide, SKIP_REASONS, type SkipReason } from '../pod/decide.ts';
import { mutate } from '../pod/mutate.ts';
import { findOurContainer } from '../pod/own.ts';
import { type Operation, patch } from '../pod/patch.ts';
import { prepare } from '../pod/prepare.ts';
import { shapeProblems } from '../pod/shape.ts';
import { settingsFor } from './place.ts';
import { type AdmissionResponse, allowed, denied, patched } from './response.ts';
import type { AdmissionRequest } from './review.ts';
import type { Settings } from './settings.ts';

/** What was decided about one request, before it is put into the API server's terms. */
export type Verdict =
  | {
      readonly outcome: 'injected';
      readonly mode: Injection['mode'];
      /** What the pod computes on. */
      readonly accelerator: CountedAccelerator;
      /** True if there was an agent in it already. */
      readonly again: boolean;
      /** The pod with the agent in it. */
      readonly pod: JsonObject;
      /** What makes it of the pod that was sent; empty if it is as it should be already. */
      readonly operations: readonly Operation[];
      readonly warnings: readonly Problem[];
    }
  | { readonly outcome: 'skipped'; readonly reason: SkipReason; readonly warnings: readonly Problem[] }
  | {
      readonly outcome: 'denied';
      readonly problems: readonly Problem[];
      /** The limits that it goes beyond, be they all of its problems or some. */
      readonly beyond: readonly LimitRule[];
      readonly warnings: readonly Problem[];
    };

/** Decides about one request. */
export function handle(request: AdmissionRequest, settings: Settings): AdmissionResponse {
  return respond(request.uid, review(request, settings));
}

/** Decides, and says why. */
export function review({ object, ...request }: AdmissionRequest, settings: Settings): Verdict {
  const annotations = annotationsIn(object);
  const [asked] = askingOptIns(annotations);
  const requested = asked !== undefined;
  const decision = decide({ ...request, ownNamespace: settings.ownNamespace, requested, pod: object });
  if (!decision.inject) return skipped(decision.reason, asked);
  const misshapen = shapeProblems(object);
  if (misshapen.length > 0) return { outcome: 'denied', problems: misshapen, beyond: [], warnings: [] };
  const place = settingsFor(request.namespace, settings);
  const { injection, problems, warnings: found } = parseOnce(annotations, place.settings);
  const beyond = excesses(injection, followedAnnotations(annotations), place.limits);
  const say = inFamilyOf(annotations);
  const images = { own: settings.agentImage, allowed: place.limits.images ?? [] };
  const agent = prepare(object, injection, { images, ...surroundings(request.namespace, settings) });
  const warnings = [...found, ...agent.warnings].map(say);
  const all = [...place.problems, ...problems, ...beyond, ...agent.problems];
  if (all.length > 0) return { outcome: 'denied', problems: all.map(say), beyond: rulesIn(all), warnings };
  const after = mutate(object, agent);
  const operations = patch(object, after);
  return {
    outcome: 'injected',
    mode: injection.mode,
    accelerator: countedAccelerator(objectIn(object, 'spec')),
    again: findOurContainer(object) !== undefined,
    pod: after,
    operations,
    warnings,
  };
}

/** What the namespace does to every container in it. */
function surroundings(namespace: string, settings: Settings): Pick<Agent, 'bounds' | 'assignsUsers'> {
  const bounds = settings.bounds?.get(namespace);
  const assignsUsers = settings.namespaces?.get(namespace)?.assignsUsers;
  return { ...(bounds && { bounds }), ...(assignsUsers !== undefined && { assignsUsers }) };
}

/** Who asked for an agent and gets none is told. */
function skipped(reason: SkipReason, asked: OptIn | undefined): Verdict {
  const message = `no agent is injected: ${SKIP_REASONS[reason]}`;
  return { outcome: 'skipped', reason, warnings: asked === undefined ? [] : [{ key: asked.key, message }] };
}

/** The answer to the API server. */
export function respond(uid: string, verdict: Verdict): AdmissionResponse {
  const { outcome, warnings } = verdict;
  if (outcome === 'skipped') return allowed(uid, { warnings, audit: { outcome, reason: verdict.reason } });
  if (outcome === 'denied') return denied(uid, verdict.problems, { warnings, audit: { outcome } });
  return patched(uid, verdict.operations, { warnings, audit: { outcome, mode: verdict.mode } });
}
