import writeBundles from '../run/bundles.ts';
import { prepareMachine } from '../run/prepare.ts';
import { soak } from './soak.ts';
import { POLL_MS } from './subject.ts';
import { summarise } from './summary.ts';
import { judge } from './verdict.ts';

/**
 * `npm run soak [-- MINUTES [SEED]]`: two agents and their applications live through faults made by chance, with credentials
 * that live for seconds. Prints what was seen, and ends with 1 if anything was lost, refused, torn, left over or grew.
 */
const [minutes = 30, seed = Date.now() % 1_000_000] = process.argv.slice(2).map(Number);

/** On a machine that does little else. */
const BOUNDS = { pollMs: POLL_MS, slackMs: 10_000 };

const { path } = await prepareMachine();
process.env['PATH'] = path;
await writeBundles();
console.log(`${minutes} minutes of faults by chance, seed ${seed}`);
const record = await soak({
  durationMs: minutes * 60_000,
  seed,
  pace: { quietMs: 10_000, longestMs: 4000 },
  leaveToken: true,
});
for (const line of summarise(record, BOUNDS)) console.log(line);
const problems = judge(record, BOUNDS);
for (const problem of problems) console.log(`WRONG: ${problem}`);
process.exitCode = problems.length > 0 ? 1 : 0;
