import type { Clock } from '#platform/clock.ts';
import type { Log } from '#platform/log.ts';
import type { OwnerEvent } from './admission/event.ts';
import { review, type Verdict } from './admission/handler.ts';
import type { AdmissionRequest } from './admission/review.ts';
import type { Settings } from './admission/settings.ts';
import type { Cluster } from './cluster/join.ts';
import type { InjectorMetrics } from './metrics.ts';
import { createExchange, NotYet } from './server/exchange.ts';
import type { WebhookOptions } from './server/https.ts';
import type { Grounds } from './server/template-memory.ts';

export interface DeciderParts {
  readonly settings: Settings;
  readonly cluster: Cluster | undefined;
  readonly metrics: InjectorMetrics;
  readonly clock: Clock;
  readonly log: Log;
}

/** Answers reviews by what is known at the moment, and tells the owners of pods afterwards. */
export function createDecider({
  cluster,
  metrics,
  log,
  ...parts
}: DeciderParts): Pick<WebhookOptions, 'answer' | 'refused'> {
  const namespaces = cluster?.namespaces;
  const bounds = cluster?.limitRanges;
  const settings: Settings = {
    ...parts.settings,
    ...(namespaces && { namespaces }),
    ...(bounds && { bounds }),
  };
  const grounds: Grounds = (namespace) => [namespaces?.get(namespace), bounds?.get(namespace)];
  const told = (event: OwnerEvent): void => tell(cluster, event);
  const decide = (request: AdmissionRequest): Verdict => review(request, settings);
  const decideIfKnown = (request: AdmissionRequest): Verdict => {
    if (namespaces !== undefined && namespaces.get(request.namespace) === undefined)
      throw new NotYet(request.namespace);
    return decide(request);
  };
  const exchange = createExchange({ decide: decideIfKnown, grounds, told, metrics, log });
  const lastExchange = createExchange({ decide, grounds, told, metrics, log });
  return {
    answer(body) {
      try {
        return exchange(body);
      } catch (error) {
        if (!(error instanceof NotYet) || namespaces === undefined) throw error;
        return namespaces.arrival(error.namespace).then(() => lastExchange(body));
      }
    },
    refused({ reason, message }) {
      metrics.increment('sidekey_injector_requests_total', { result: 'refused', reason });
      log.warn({ reason, explanation: message }, 'Refused a request');
    },
  };
}

/** After the answer: whoever waits for it does not wait for this. */
function tell(cluster: Cluster | undefined, event: OwnerEvent): void {
  const recorder = cluster?.recorder;
  if (recorder !== undefined) setImmediate(() => recorder.record(event));
}
