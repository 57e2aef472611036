import fc from 'fast-check';
import { surprise, template } from '../agent/template/generated.ts';
import { fuzzAgainstAgent } from './agent.ts';

/**
 * `npm run fuzz [-- COUNT [SEED]]`: templates made by chance, each of which must be evaluated, or refused by one of the two
 * errors that are meant for it, within a second of work. Prints the smallest one that is not, and the seed that leads to it.
 *
 * `npm run fuzz -- agent [COUNT [SEED]]`: templates and data made by chance, of which the real agent and ours must make the
 * same bytes, or both nothing.
 */
const words = process.argv.slice(2);
const againstAgent = words[0] === 'agent';
const [count, seed] = words.slice(againstAgent ? 1 : 0).map(Number);
const LIMIT_MS = 1_000;

/** What this process has worked, which does not grow while others have the machine. */
function workedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

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

const chosen = seed ?? Date.now() % 1_000_000_000;
if (againstAgent) await fuzzAgainstAgent(count ?? 2000, chosen);
else fuzz(count ?? 100_000, chosen);
