import { quantile } from '../../bench/statistics.ts';
import { prepareMachine } from '../../run/prepare.ts';
import { loadWebhook } from './webhook.ts';

/** Prints what came of it, and whether there was no error. */
export async function printWebhookLoad([
  seconds = 300,
  perSecond = 500,
]: readonly number[]): Promise<boolean> {
  const { path } = await prepareMachine();
  process.env['PATH'] = path;
  console.log(
    `two replicas, ${perSecond} reviews a second for ${seconds} s; certificates are replaced, replicas end and are killed, the API server restarts`,
  );
  const { calls, creations, certificates, rssMost, rssAfter } = await loadWebhook({ seconds, perSecond });
  const ms = (share: number): string => `${quantile(calls.times, share).toFixed(1)} ms`;
  const rows: readonly [string, string][] = [
    ['answered with a patch', String(calls.times.length)],
    ['failed', String(calls.failed.length)],
    ['lost with a killed replica', String(calls.lost)],
    ['put once more on another connection', String(calls.repeated)],
    ['not put, for the machine was behind', String(calls.skipped)],
    ['due to answered, p50', ms(0.5)],
    ['p99', ms(0.99)],
    ['longest', ms(1)],
    ['certificates seen', `${calls.serials.size} of ${certificates}`],
    ['pods made by the API server', String(creations.made)],
    ['pods that failed for the webhook', String(creations.failed.length)],
    ['pods lost with a killed replica', String(creations.lost)],
    ['not answered while the API server was away', String(creations.unanswered)],
    ['memory of a replica on this Node, most', `${rssMost.toFixed(0)} MB`],
    ['memory of a replica on this Node, afterwards', `${rssAfter.toFixed(0)} MB`],
  ];
  for (const [what, figure] of rows) console.log(`${what.padEnd(46)}${figure}`);
  for (const why of new Set([...calls.failed, ...creations.failed])) console.log(`FAILED: ${why}`);
  return calls.failed.length + creations.failed.length === 0;
}
