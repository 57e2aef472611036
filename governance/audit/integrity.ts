import { type Coverage, createCoverage, type Stretch } from './coverage.ts';
import { describeLine, LINE_FAULTS, type LineFault, type LinePlace, shownTime } from './line.ts';
import type { Emit } from './row.ts';
import type { Window } from './scope.ts';

/** The logs that are read line by line. */
export type Log = 'store' | 'api';

const LOGS: Readonly<Record<Log, string>> = { store: 'the store', api: 'the API server' };

/** What is known of a log as a log. */
export interface LogWatch {
  readonly coverage: Coverage;
  /** There is such a file, be it empty. */
  begin(file: string): void;
  /** The file has one more line. */
  lineOf(file: string): void;
  fault(place: LinePlace, fault: LineFault): void;
  /** Files that hold lines, and none of this log. */
  unreadable(): readonly string[];
  emit(emit: Emit, window: Window): void;
}

/** Of so many lines of a file that tell nothing it is said where they are. */
const MOST_NAMED = 100;

interface FileCount {
  lines: number;
  faults: number;
  readonly named: { readonly place: LinePlace; readonly fault: LineFault }[];
}

export function createLogWatch(log: Log, longestSilenceMs: number): LogWatch {
  const coverage = createCoverage(longestSilenceMs);
  const files = new Map<string, FileCount>();
  const countOf = (file: string): FileCount => {
    const count = files.get(file) ?? { lines: 0, faults: 0, named: [] };
    files.set(file, count);
    return count;
  };
  return {
    coverage,
    begin: (file) => void countOf(file),
    lineOf: (file) => void (countOf(file).lines += 1),
    fault(place, fault) {
      const count = countOf(place.file);
      count.faults += 1;
      if (count.named.length < MOST_NAMED) count.named.push({ place, fault });
    },
    unreadable: () =>
      [...files].filter(([, { lines, faults }]) => lines > 0 && lines === faults).map(([file]) => file),
    emit(emit, window) {
      for (const [file, count] of files) emitFile(log, file, count, emit);
      const whole = coverage.whole();
      if (whole !== undefined) emitTimes({ log: LOGS[log], whole, holes: coverage.holes() }, window, emit);
    },
  };
}

function emitFile(log: Log, file: string, { lines, faults, named }: FileCount, emit: Emit): void {
  emit('integrity', {
    kind: 'lines',
    log: LOGS[log],
    count: lines,
    source: file,
    what: linesText(lines, faults),
  });
  for (const { place, fault } of named)
    emit('integrity', {
      kind: 'unread line',
      log: LOGS[log],
      source: describeLine(place),
      what: LINE_FAULTS[fault],
    });
  if (faults > named.length)
    emit('integrity', {
      kind: 'unread line',
      log: LOGS[log],
      count: faults - named.length,
      source: file,
      what: 'more lines than are named here tell nothing',
    });
}

function linesText(lines: number, faults: number): string {
  if (lines === 0) return 'the file is empty';
  return faults === 0 ? 'all were read' : `${faults} of them tell nothing`;
}

interface Times {
  readonly log: string;
  readonly whole: Stretch;
  readonly holes: readonly Stretch[];
}

function emitTimes({ log, whole, holes }: Times, { since, until }: Window, emit: Emit): void {
  const stretch = ({ from, to }: Stretch) => ({ log, from: shownTime(from), to: shownTime(to) });
  emit('integrity', { kind: 'time', ...stretch(whole), what: 'from the first line to the last' });
  for (const hole of holes)
    emit('integrity', {
      kind: 'silence',
      ...stretch(hole),
      what: 'nothing happened, or lines are missing: the log does not say which',
    });
  if (Number.isFinite(since) && whole.from > since)
    emit('integrity', {
      kind: 'silence',
      ...stretch({ from: since, to: whole.from }),
      what: 'the log begins later than the report',
    });
  if (Number.isFinite(until) && whole.to < until)
    emit('integrity', {
      kind: 'silence',
      ...stretch({ from: whole.to, to: until }),
      what: 'the log ends earlier than the report',
    });
}
