import { type JsonObject, objectIn, textIn } from '#contract/json.ts';
import type { Log, LogWatch } from './integrity.ts';
import { type LineFault, type LinePlace, type LogLine, parseTime, readObject } from './line.ts';

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
      const fault = text === undefined ? 'tooLong' : read(text, place, isCut);
      if (fault !== undefined) watch.fault(place, fault);
    },
    unanswered: () => Math.max(0, counts.request - counts.response),
  };

  function read(text: string, place: LinePlace, isCut: boolean): LineFault | undefined {
    const object = readObject(text);
    if (object === undefined) return isCut ? 'cutOff' : 'noJson';
    if (!fold.isRecord(object)) return 'foreign';
    const time = TIME_FIELDS[log].map((field) => textIn(object, field)).find((one) => one !== '') ?? '';
    const at = parseTime(time);
    if (at === undefined) return 'timeless';
    watch.coverage.add(at);
    const type = object['type'];
    if ((type === 'request' || type === 'response') && !isTrial(object)) counts[type] += 1;
    fold.take({ object, place, time, at });
    return undefined;
  }
}

/** What a store writes when it begins to log, which nobody answers. */
const isTrial = (object: JsonObject): boolean =>
  textIn(objectIn(object, 'request'), 'path') === 'sys/audit/test';
