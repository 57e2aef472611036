import { percentile } from '../load/sync.ts';
import { FAULTS, ROTATED, type SoakRecord } from './record.ts';
import { type Bounds, isExcused, lateness, median, slope, third } from './verdict.ts';

/** What a soak was like, a line for each figure. */
export function summarise(record: SoakRecord, bounds: Bounds): readonly string[] {
  const rows: readonly (readonly [string, string])[] = [
    ['duration', `${(record.durationMs / 60_000).toFixed(1)} min, seed ${record.seed}`],
    ...ROTATED.map((kind) => [`rotations, ${kind}`, String(record.rotations[kind])] as const),
    ['writes seen, lost', seenAndLost(record)],
    ['late, p50 / p99 / most', delays(record)],
    ...FAULTS.map((kind) => [`faults, ${kind}`, faultsOf(record, kind)] as const),
    ['looks at all files', String(record.looks)],
    ['database logins', `${record.connects} let in, ${refusals(record, bounds)}`],
    ['told', String(record.told)],
    ['asked of the store', askedOf(record)],
    ['private memory', memory(record)],
    ['file descriptors', descriptors(record)],
    ['left over in the store', String(record.left.length)],
  ];
  return rows.map(([what, figure]) => `${what.padEnd(32)}${figure}`);
}

function seenAndLost({ writes }: SoakRecord): string {
  const seen = writes.filter(({ seenAt }) => seenAt !== undefined).length;
  return `${seen}, ${writes.length - seen}`;
}

function delays({ writes, faults }: SoakRecord): string {
  const late = writes.map((write) => lateness(write, faults)).toSorted((a, b) => a - b);
  return [50, 99, 100].map((percent) => `${percentile(late, percent).toFixed(0)} ms`).join(' / ');
}

function faultsOf({ faults }: SoakRecord, kind: string): string {
  const ofKind = faults.filter((fault) => fault.kind === kind);
  const longest = Math.max(0, ...ofKind.map(({ begin, end }) => end - begin));
  return `${ofKind.length}, the longest ${(longest / 1000).toFixed(1)} s`;
}

/** Those that are the faults' own doing beside those that are not. */
function refusals({ troubles, faults }: SoakRecord, bounds: Bounds): string {
  const refused = troubles.filter(({ kind }) => kind === 'login');
  const excused = refused.filter((trouble) => isExcused(trouble, faults, bounds)).length;
  return `${excused} refused because their token was revoked, ${refused.length - excused} for no reason`;
}

const askedOf = ({ asked }: SoakRecord): string =>
  `${asked.logins} logins, ${asked.leases} leases, ${asked.certificates} certificates`;

function memory({ samples }: SoakRecord): string {
  const [start, middle, end] = ([0, 1, 2] as const).map((index) =>
    median(third(samples, index).map(({ privateMb }) => privateMb)).toFixed(1),
  );
  const rate = slope([...third(samples, 1), ...third(samples, 2)]).toFixed(1);
  return `${start} / ${middle} / ${end} MB (medians of the thirds), ${rate} MB an hour after the first`;
}

function descriptors({ samples }: SoakRecord): string {
  const counts = ([0, 1, 2] as const).map((index) =>
    median(third(samples, index).map((one) => one.descriptors)),
  );
  return `${counts.join(' / ')}, at most ${Math.max(0, ...samples.map((one) => one.descriptors))}`;
}
