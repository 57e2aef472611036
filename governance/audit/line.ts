import { isObject, type JsonObject, textIn } from '#contract/json.ts';

/** Where a line stands. */
export interface LinePlace {
  readonly file: string;
  readonly line: number;
}

/** `audit.log:12`. */
export const describeLine = ({ file, line }: LinePlace): string => `${file}:${line}`;

/** One line of a log, read as far as both logs are alike. */
export interface LogLine {
  readonly object: JsonObject;
  /** As it is written. */
  readonly time: string;
  /** In milliseconds since 1970. */
  readonly at: number;
  readonly place: LinePlace;
}

/** Why a line tells nothing. A closed set, for the line itself may hold anything. */
export const LINE_FAULTS = {
  noJson: 'is no JSON object',
  cutOff: 'ends in the middle: the log was cut off while it was written',
  tooLong: 'is longer than any audit record, and was not looked at',
  foreign: 'is no record of this log',
  timeless: 'has no time',
} as const;
export type LineFault = keyof typeof LINE_FAULTS;

/** The JSON object of a line. Collectors put words before it, or put the line into an object of their own. */
export function readObject(text: string): JsonObject | undefined {
  const object = parse(text) ?? parse(text.slice(text.indexOf('{')));
  const inner = object === undefined ? '' : textIn(object, 'log') || textIn(object, 'message');
  return inner.startsWith('{') ? (parse(inner) ?? object) : object;
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/iu;

/** Milliseconds since 1970 of a time as RFC 3339 has it. */
export function parseTime(text: string): number | undefined {
  const at = TIME.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

/** A time as the report shows those that it found out itself. */
export const shownTime = (at: number): string => new Date(at).toISOString();
