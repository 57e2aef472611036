import { type JsonObject, listIn } from '#contract/json.ts';
import { webhookConfigurations, type WebhookOptions } from '../../deploy/kubernetes/webhooks.ts';

/** The most that an API server waits for a webhook. */
const TIMEOUT_SECONDS = 30;

/**
 * The configurations that are shipped, for a machine that may stand still, and with the first of them to be written last: an API
 * server learns of them in the order in which they were written, so that it asks both when it asks the first.
 */
export function patientConfigurations(options: WebhookOptions): readonly JsonObject[] {
  const shipped = JSON.parse(JSON.stringify(webhookConfigurations(options))) as readonly JsonObject[];
  return shipped.toReversed().map((one) => ({
    ...one,
    webhooks: listIn(one, 'webhooks').map((webhook) => ({ ...webhook, timeoutSeconds: TIMEOUT_SECONDS })),
  }));
}
