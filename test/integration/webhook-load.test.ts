import { expect, test } from 'vitest';
import { loadWebhook } from '../load/webhook/webhook.ts';

/** `npm run load -- webhook` is five minutes of this, with the time-out that is shipped: this machine may be slower. */
const LOAD = { seconds: 20, perSecond: 500, timeoutSeconds: 30 };

test('while certificates, replicas and the API server are replaced, every review is answered', async () => {
  const { calls, creations, certificates, bundles } = await loadWebhook(LOAD);
  expect(calls.filter(({ fate }) => fate === 'failed')).toEqual([]);
  expect(creations.failed).toEqual([]);
  // However slow the machine is.
  expect(calls.filter(({ fate }) => fate === 'answered').length).toBeGreaterThan(LOAD.seconds * 10);
  expect(creations.made).toBeGreaterThan(LOAD.seconds / 4);
  expect(certificates).toBeGreaterThan(1);
  expect(bundles).toBeGreaterThan(1);
}, 900_000);
