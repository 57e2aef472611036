import { expect, test } from 'vitest';
import { loadWebhook } from '../load/webhook/webhook.ts';

/** `npm run load -- webhook` is five minutes of this. */
const LOAD = { seconds: 20, perSecond: 500 };

test('while certificates, replicas and the API server are replaced, every review is answered', async () => {
  const { calls, creations } = await loadWebhook(LOAD);
  expect(calls.failed).toEqual([]);
  expect(creations.failed).toEqual([]);
  // However slow the machine is.
  expect(calls.times.length).toBeGreaterThan(LOAD.seconds * 10);
  expect(creations.made).toBeGreaterThan(LOAD.seconds / 4);
  expect(calls.serials.size).toBeGreaterThan(1);
}, 300_000);
