import fc from 'fast-check';
import { surprise, template } from '../agent/template/generated.ts';

/**
 * `npm run fuzz [-- COUNT [SEED]]`: templates made by chance, each of which must be evaluated, or refused by one of the two
 * errors that are meant for it, within a second. Prints the smallest one that is not, and the seed that leads to it.
 */
const [count = '100000', seed = String(Date.now() % 1_000_000_000)] = process.argv.slice(2);
const LIMIT_MS = 1_000;

let slowest = 0;
const start = performance.now();
fc.assert(
  fc.property(template, (text) => {
    const began = performance.now();
    const error = surprise(text);
    const took = performance.now() - began;
    slowest = Math.max(slowest, took);
    if (error !== undefined) throw new Error('it ended in a surprise', { cause: error });
    if (took > LIMIT_MS) throw new Error(`it took ${took.toFixed(0)} ms`);
  }),
  { numRuns: Number(count), seed: Number(seed) },
);
const seconds = ((performance.now() - start) / 1000).toFixed(0);
console.log(
  `${count} templates (seed ${seed}) in ${seconds} s, the slowest in ${slowest.toFixed(0)} ms: none a surprise`,
);
