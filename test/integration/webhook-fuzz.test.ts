import { expect, test } from 'vitest';
import { fuzzBodies } from '../fuzz/webhook/webhook.ts';
import { fuzzWire } from '../fuzz/webhook/wire.ts';

const TIME_MS = 20_000;

/** However slow the machine is. */
const AT_LEAST = 5000;

/** Rounds of both, so many of each. */
const BODIES = 1000;
const CONNECTIONS = 50;

test('for 20 seconds nothing made by chance is answered with anything but a review that holds, or JSON that refuses it', async () => {
  const end = performance.now() + TIME_MS;
  const all = { refused: 0, allowed: 0, injected: 0, denied: 0 };
  for (let seed = 1; seed * BODIES <= AT_LEAST || performance.now() < end; seed += 1) {
    const { fates } = fuzzBodies(BODIES, seed);
    for (const fate of ['refused', 'allowed', 'injected', 'denied'] as const) all[fate] += fates[fate];
    await fuzzWire(CONNECTIONS, seed);
  }
  // It would be no wonder if all of it were refused.
  for (const [fate, times] of Object.entries(all)) expect(times, fate).toBeGreaterThan(AT_LEAST / 50);
}, 600_000);
