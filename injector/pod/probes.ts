import type { JsonObject } from '#contract/json.ts';
import { ADMIN_PORT } from '#contract/layout.ts';
import type { Injection } from '../annotations/injection.ts';

/** Seconds and counts, as in the Kubernetes API. */
interface Pace {
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold: number;
}

function probe(path: string, pace: Pace): JsonObject {
  return { ...pace, httpGet: { path, port: ADMIN_PORT, scheme: 'HTTP' }, successThreshold: 1 };
}

/**
 * The startup probe holds the application back until the first files are there, and must never end the agent, which
 * decides for itself how long waiting makes sense: a day is beyond any of its deadlines. Readiness only repeats it, and
 * an outage never ends it. The liveness probe asks whether the event loop turns, and gives a throttled node a minute.
 */
const PROBES = {
  livenessProbe: probe('/healthz', { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 }),
  readinessProbe: probe('/readyz', { periodSeconds: 5, timeoutSeconds: 2, failureThreshold: 3 }),
  startupProbe: probe('/readyz', { periodSeconds: 1, timeoutSeconds: 2, failureThreshold: 86_400 }),
};

/** The probes of an agent that stays; without the first, nobody waits for its files. */
export function agentProbes({ gates }: Pick<Injection, 'gates'>): JsonObject {
  const { startupProbe, ...others } = PROBES;
  return gates ? { ...others, startupProbe } : others;
}
