import { quantile } from '../../bench/statistics.ts';
import { prepareMachine } from '../../run/prepare.ts';
import type { Call } from './caller.ts';
import { loadWebhook, type WebhookRecord } from './webhook.ts';

/** Prints what came of it, and whether there was no error. */
export async function printWebhookLoad([
  seconds = 300,
  perSecond = 500,
  // As in the webhook configurations that are shipped.
  timeoutSeconds = 5,
]: readonly number[]): Promise<boolean> {
  const { path } = await prepareMachine();
  process.env['PATH'] = path;
  console.log(
    `two replicas that make their own certificates, ${perSecond} reviews a second for ${seconds} s, and pods through an API server\n`,
  );
  const record = await loadWebhook({ seconds, perSecond, timeoutSeconds });
  printPhases(record);
  const { calls, creations, certificates, bundles, skipped, rssMost, rssAfter } = record;
  const rows: readonly [string, string][] = [
    ['not put, for the machine was behind', String(skipped)],
    ['certificates seen', String(certificates)],
    ['changes of whom to trust', String(bundles - 1)],
    ['pods made by the API server', String(creations.made)],
    ['pods that failed for the webhook', String(creations.failed.length)],
    ['pods lost with a killed replica', String(creations.lost.length)],
    ['not answered while the API server was away', String(creations.unanswered)],
    ['memory of a replica on this Node, most', `${rssMost.toFixed(0)} MB`],
    ['memory of a replica on this Node, afterwards', `${rssAfter.toFixed(0)} MB`],
  ];
  console.log();
  for (const [what, figure] of rows) console.log(`${what.padEnd(46)}${figure}`);
  const failed = ofFate(calls, 'failed');
  printReasons('LOST', [...ofFate(calls, 'lost').map(({ why }) => why), ...creations.lost]);
  printReasons('FAILED', [...failed.map(({ why }) => why), ...creations.failed]);
  return failed.length + creations.failed.length === 0;
}

const ofFate = (calls: readonly Call[], fate: Call['fate']): readonly Call[] =>
  calls.filter((call) => call.fate === fate);

/** From each thing that happened to the next, and all together. */
function printPhases({ calls, happened }: WebhookRecord): void {
  printLine(['from', 'what happens', 'answered', 'failed', 'lost', 'repeated', 'p50', 'p99', 'longest']);
  for (const [index, { what, at }] of happened.entries()) {
    const end = happened[index + 1]?.at ?? Infinity;
    const own = calls.filter(({ dueAt }) => dueAt >= at && dueAt < end);
    printLine([`${(at / 1000).toFixed(0)} s`, what, ...figuresOf(own)]);
  }
  printLine(['', 'all', ...figuresOf(calls)]);
}

function figuresOf(calls: readonly Call[]): readonly string[] {
  const answered = ofFate(calls, 'answered');
  const times = answered.map(({ ms }) => ms);
  return [
    String(answered.length),
    ...(['failed', 'lost'] as const).map((fate) => String(ofFate(calls, fate).length)),
    String(calls.filter(({ repeats }) => repeats > 0).length),
    ...[0.5, 0.99, 1].map((share) => `${quantile(times, share).toFixed(1)} ms`),
  ];
}

const printLine = ([from = '', what = '', ...figures]: readonly string[]): void =>
  console.log(from.padStart(6) + `  ${what.padEnd(40)}` + figures.map((one) => one.padStart(12)).join(''));

function printReasons(what: string, reasons: readonly string[]): void {
  for (const why of new Set(reasons))
    console.log(`${what} ${reasons.filter((one) => one === why).length} ×: ${why}`);
}
