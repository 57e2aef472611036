import { setTimeout as sleep } from 'node:timers/promises';
import { isObject, listIn, objectIn, textIn } from '#contract/json.ts';
import type { ApiProxy } from '../../servers/api-proxy.ts';

const CONFIGURATION = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/00-sidekey';
const LOOK_MS = 100;
/** An API server that takes longer is away. */
const ANSWER_MS = 10_000;

/** Tells of each `caBundle` that the webhook comes to have, as an API server learns of it; while that is away, of none. */
export async function followBundle(
  api: ApiProxy,
  told: (caPem: string) => void,
  stop: AbortSignal,
): Promise<void> {
  let last = '';
  while (!stop.aborted) {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const bundle = await fetch(api.address + CONFIGURATION, { signal }).then(
      async (response) => (response.ok ? bundleIn(await response.json()) : ''),
      () => '',
    );
    if (bundle !== '' && bundle !== last) {
      last = bundle;
      told(Buffer.from(bundle, 'base64').toString());
    }
    await sleep(LOOK_MS);
  }
}

function bundleIn(object: unknown): string {
  const [webhook] = isObject(object) ? listIn(object, 'webhooks') : [];
  return webhook === undefined ? '' : textIn(objectIn(webhook, 'clientConfig'), 'caBundle');
}
