import type { Fault, Sample, SoakRecord, Trouble, Write } from './record.ts';
import { LIVES } from './world.ts';

export interface Bounds {
  readonly pollMs: number;
  /** How much longer than a poll and the faults meanwhile an old value may stay: a machine that does other things is slow. */
  readonly slackMs: number;
}

/** How much of a span faults took, in milliseconds. They come one after another. */
export function faultyMs(faults: readonly Fault[], from: number, to: number): number {
  return faults
    .map(({ begin, end }) => Math.max(0, Math.min(end, to) - Math.max(begin, from)))
    .reduce((one, other) => one + other, 0);
}

/** How long a value was late: what it took to be seen, without the faults meanwhile. Infinite if it never was. */
export function lateness({ at, seenAt }: Write, faults: readonly Fault[]): number {
  return seenAt === undefined ? Number.POSITIVE_INFINITY : seenAt - at - faultyMs(faults, at, seenAt);
}

/** What is replaced has at least this share of its life left: longer faults may end it. */
const LEFT_SHARE = 0.4;

/**
 * True if a credential may have been refused then: its token had been revoked a moment ago, and with it the credential; or
 * faults took so much of its life that it could not be replaced.
 */
export function isExcused({ kind, at }: Trouble, faults: readonly Fault[], bounds: Bounds): boolean {
  if (kind !== 'login' && kind !== 'certificate') return false;
  const life = (kind === 'login' ? LIVES.login.ttl : LIVES.certificate) * 1000;
  if (faultyMs(faults, at - life, at) > LEFT_SHARE * life) return true;
  if (kind === 'certificate') return false;
  return faults.some((fault) => fault.kind === 'token revoked' && isWithin(at, fault, faults, bounds));
}

/** True soon after a fault: the poll that finds it out, the faults meanwhile, and the slack. */
function isWithin(
  at: number,
  { begin, end }: Fault,
  faults: readonly Fault[],
  { pollMs, slackMs }: Bounds,
): boolean {
  return at >= begin && at - end - faultyMs(faults, end, at) <= pollMs + slackMs;
}

/** Memory is judged only if there was time to warm up. */
const LONG_MS = 10 * 60_000;
/** A heap goes up and down by itself; what is lost at each poll goes up by more than this in ten minutes. */
const NOISE_MB = 2;
/** Connections to the store, of the probes and to the application come and go. */
const SPARE_DESCRIPTORS = 8;

/** The value in the middle; 0 of none. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** A third of the samples: the first, the second or the last. */
export function third(samples: readonly Sample[], index: 0 | 1 | 2): readonly Sample[] {
  const size = samples.length / 3;
  return samples.slice(Math.floor(index * size), Math.floor((index + 1) * size));
}

/** MB per hour, by least squares. */
export function slope(samples: readonly Sample[]): number {
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const [at, mb] = [mean(samples.map((one) => one.at)), mean(samples.map((one) => one.privateMb))];
  const [up, across] = samples.reduce(
    ([a, b], one) => [a + (one.at - at) * (one.privateMb - mb), b + (one.at - at) ** 2],
    [0, 0],
  );
  return across === 0 ? 0 : (up / across) * 3_600_000;
}

/** What is wrong, each in one sentence; nothing if all is as it must be. */
export function judge(record: SoakRecord, bounds: Bounds): readonly string[] {
  const { faults, writes, troubles, left } = record;
  const late = writes.filter((write) => lateness(write, faults) > bounds.pollMs + bounds.slackMs);
  return [
    ...late.map((write) => `${tardiness(write)}, ${circumstance(write.at, faults)}`),
    ...judgeTroubles(
      troubles.filter((trouble) => !isExcused(trouble, faults, bounds)),
      faults,
    ),
    ...judgeSize(record),
    ...left.map((what) => `left over: ${what}`),
    ...Object.entries(record.rotations).flatMap(([kind, count]) =>
      count === 0 ? [`${kind} never changed`] : [],
    ),
  ];
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

function tardiness({ kind, pod, at, seenAt }: Write): string {
  const seen = seenAt === undefined ? 'never seen' : `seen only at ${seconds(seenAt)}`;
  return `${pod}: ${kind}, written at ${seconds(at)}, was ${seen}`;
}

/** One sentence for the same trouble of one pod, however often it was met. */
function judgeTroubles(troubles: readonly Trouble[], faults: readonly Fault[]): string[] {
  const alike = Map.groupBy(troubles, ({ pod, what }) => `${pod}: ${what}`);
  return [...alike].map(([what, met]) => {
    const times = met.map(({ at }) => at);
    const [first, last] = [Math.min(...times), Math.max(...times)];
    const often = met.length > 1 ? `, ${met.length} times until ${seconds(last)}` : '';
    return `${what}, at ${seconds(first)}${often}, ${circumstance(first, faults)}`;
  });
}

/** Which fault had begun last at a moment. */
function circumstance(at: number, faults: readonly Fault[]): string {
  const last = faults.findLast(({ begin }) => begin <= at);
  if (last === undefined) return 'before any fault';
  const when = at <= last.end ? 'during' : `${seconds(at - last.end)} after`;
  return `${when} "${last.kind}"`;
}

function judgeSize({ samples, durationMs }: SoakRecord): string[] {
  const [middle, last] = [third(samples, 1), third(samples, 2)];
  const grown = median(last.map((one) => one.privateMb)) - median(middle.map((one) => one.privateMb));
  const opened = median(last.map((one) => one.descriptors)) - median(middle.map((one) => one.descriptors));
  return [
    ...(durationMs >= LONG_MS && grown > NOISE_MB ? [`private memory grew by ${grown.toFixed(1)} MB`] : []),
    ...(opened > SPARE_DESCRIPTORS ? [`${opened} file descriptors more than before`] : []),
  ];
}
