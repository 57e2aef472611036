import { type JsonObject, textIn } from '#contract/json.ts';
import type { Log, LogWatch } from './integrity.ts';
import { type LinePlace, type LogLine, parseTime, readObject } from './line.ts';

/** Knows the records of one log. */
export interface Fold {
  isRecord(object: JsonObject): boolean;
  /** Takes a record. */
  take(line: LogLine): void;
}

/** Longer than any record: the API server takes bodies of 3 MiB, and escapes them. */
export const LONGEST_LINE = 32 * 1024 * 1024;

const TIME_FIELDS: Readonly<Record<Log, readonly string[]>> = {
  store: ['time'],
  api: ['stageTimestamp', 'requestReceivedTimestamp'],
};

/**
 * Half of a store's log are requests, and their answers repeat all they say: of those only the time is read. The type stands
 * at the very beginning, where nothing that a client sent can stand.
 */
const STORE_REQUEST = /^\{"time":"(?<time>[\dTZ:.+-]{20,35})","type":"request",/u;

/** Reads the lines of one log. */
export interface LogReader {
  /**
   * @param text Undefined if the line is longer than `LONGEST_LINE`.
   * @param isCut True for a last line without an end.
   */
  take(text: string | undefined, place: LinePlace, isCut: boolean): void;
  /** How many of the store's requests have no answer in the log. */
  unanswered(): number;
}

export function createLogReader(log: Log, fold: Fold, watch: LogWatch): LogReader {
  const counts = { request: 0, response: 0 };
  return {
    take(text, place, isCut) {
      if (text?.trim() === '') return;
      watch.lineOf(place.file);
      if (text === undefined) return watch.fault(place, 'tooLong');
      const at = log === 'store' && !isCut ? requestTime(text) : undefined;
      if (at === undefined) return read(text, place, isCut);
      counts.request += 1;
      watch.coverage.add(at);
    },
    unanswered: () => Math.max(0, counts.request - counts.response),
  };

  function read(text: string, place: LinePlace, isCut: boolean): void {
    const object = readObject(text);
    if (object === undefined) return watch.fault(place, isCut ? 'cutOff' : 'noJson');
    if (!fold.isRecord(object)) return watch.fault(place, 'foreign');
    const time = TIME_FIELDS[log].map((field) => textIn(object, field)).find((one) => one !== '') ?? '';
    const at = parseTime(time);
    if (at === undefined) return watch.fault(place, 'timeless');
    watch.coverage.add(at);
    const type = object['type'];
    if (type === 'request' || type === 'response') counts[type] += Number(!text.endsWith(TRIAL));
    fold.take({ object, place, time, at });
  }
}

/** What a store writes when it begins to log, which nobody answers. */
const TRIAL = '"path":"sys/audit/test"}}';

function requestTime(text: string): number | undefined {
  const time = text.endsWith(TRIAL) ? undefined : STORE_REQUEST.exec(text)?.groups?.['time'];
  return time === undefined ? undefined : parseTime(time);
}
