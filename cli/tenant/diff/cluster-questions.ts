import type { JsonObject } from '#contract/json.ts';
import type { Kubernetes } from '#platform/kubernetes/client.ts';
import { KubernetesError, type KubernetesReason } from '#platform/kubernetes/errors.ts';
import { listPages, type Watched } from '#platform/kubernetes/list.ts';
import type { Unanswered } from '../../../governance/diff/drift.ts';
import { createRefusals } from './refusals.ts';

/** What a question came to; `unknown` if it was not answered. */
export type Found = JsonObject | 'missing' | 'unknown';

/** Asks one cluster, notes what is not answered, and asks no more once it is plain that nothing will be. */
export interface Questions {
  get(path: string): Promise<Found>;
  /** All objects of a kind; none if the question was not answered. */
  list(watched: Watched): Promise<readonly JsonObject[]>;
  /** What was not answered, one for each kind of object and reason. */
  unanswered(): readonly Unanswered[];
}

/** After these the next question is not answered either. */
const SILENT: ReadonlySet<KubernetesReason> = new Set(['unreachable', 'timeout', 'unauthorized']);

const NEVER = new AbortController().signal;

export function questionsTo(kubernetes: Kubernetes): Questions {
  const refusals = createRefusals('kubernetes');

  /** @throws {unknown} The error itself, if it is none of the cluster. */
  function note(path: string, error: unknown): void {
    if (!(error instanceof KubernetesError)) throw error;
    if (SILENT.has(error.reason)) refusals.fallSilent(error.message);
    else refusals.note(`${error.reason} ${kindOf(path)}`, error.message);
  }

  return {
    async get(path) {
      if (refusals.isSilent()) return 'unknown';
      try {
        return await kubernetes.request({ method: 'GET', path }, NEVER);
      } catch (error) {
        if (isNotFound(error)) return 'missing';
        note(path, error);
        return 'unknown';
      }
    },
    async list(watched) {
      if (refusals.isSilent()) return [];
      const found: JsonObject[] = [];
      try {
        for await (const { items } of listPages(kubernetes, watched, NEVER)) found.push(...items);
      } catch (error) {
        if (!isNotFound(error)) note(watched.path, error);
      }
      return found;
    },
    unanswered: refusals.all,
  };
}

const isNotFound = (error: unknown): boolean =>
  error instanceof KubernetesError && error.reason === 'not_found';

/** The path of all objects of the kind, whatever their namespace and name. */
const kindOf = (path: string): string =>
  path.replace(/\/namespaces\/[^/]+(?=\/)/u, '').replace(/(?<=\/v\d\w*\/[a-z]+)\/[^/]+$/u, '');
