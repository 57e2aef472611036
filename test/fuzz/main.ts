import fc from 'fast-check';
import { surprise, template } from '../agent/template/generated.ts';
import { fuzzAgainstAgent } from './agent.ts';
import { fuzzBodies, workedMs } from './webhook/webhook.ts';
import { fuzzWire } from './webhook/wire.ts';

/**
 * `npm run fuzz [-- COUNT [SEED]]`: templates made by chance, each of which must be evaluated, or refused by one of the two
 * errors that are meant for it, within a second of work. Prints the smallest one that is not, and the seed that leads to it.
 *
 * Then the same with the webhook, see there. Whatever is named first is done alone:
 *
 * - `npm run fuzz -- templates [COUNT [SEED]]`
 * - `npm run fuzz -- webhook [COUNT [SEED]]`: bodies, annotations and pods made by chance, each of which must be answered with a
 *   review that holds, or refused with JSON, within a second of work, and without a secret in a log; and over the network
 *   what is not even a request.
 * - `npm run fuzz -- agent [COUNT [SEED]]`: templates and data made by chance, of which the real agent and ours must make the
 *   same bytes, or both nothing.
 */
const words = process.argv.slice(2);
const only = ['templates', 'webhook', 'agent'].find((name) => name === words[0]);
const [count = 100_000, seed] = words.slice(only === undefined ? 0 : 1).map(Number);
const LIMIT_MS = 1_000;

function fuzz(numRuns: number, chance: number): void {
  let slowest = 0;
  const start = performance.now();
  fc.assert(
    fc.property(template, (text) => {
      const began = workedMs();
      const error = surprise(text);
      const took = workedMs() - began;
      slowest = Math.max(slowest, took);
      if (error !== undefined) throw new Error('it ended in a surprise', { cause: error });
      if (took > LIMIT_MS) throw new Error(`it took ${took.toFixed(0)} ms`);
    }),
    { numRuns, seed: chance },
  );
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(
    `${numRuns} templates (seed ${chance}) in ${seconds} s, the slowest in ${slowest.toFixed(0)} ms: none a surprise`,
  );
}

/** Connections cost more than bodies. */
const BODIES_PER_REQUEST = 100;

async function fuzzWebhook(numRuns: number, chance: number): Promise<void> {
  const start = performance.now();
  const { fates, slowestMs } = fuzzBodies(numRuns, chance);
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  const counts = Object.entries(fates).map(([fate, times]) => `${times} ${fate}`);
  console.log(
    `${numRuns} bodies (seed ${chance}) in ${seconds} s, the slowest in ${slowestMs.toFixed(0)} ms: ${counts.join(', ')}, none a surprise`,
  );
  const requests = Math.ceil(numRuns / BODIES_PER_REQUEST);
  await fuzzWire(requests, chance);
  console.log(`${requests} connections (seed ${chance}), whole requests and not: none a surprise`);
}

const chosen = seed ?? Date.now() % 1_000_000_000;
if (only === 'agent') await fuzzAgainstAgent(words.length > 1 ? count : 2000, chosen);
if (only === 'templates' || only === undefined) fuzz(count, chosen);
if (only === 'webhook' || only === undefined) await fuzzWebhook(count, chosen);
