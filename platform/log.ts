import { type DestinationStream, type Logger, pino } from 'pino';
import { censorFields } from './censor.ts';

/**
 * Structured logging: the message is constant, what varies goes into the fields. There are no child loggers, for pino
 * would not censor the fields they carry.
 */
export type Log = Pick<Logger, 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'>;

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Whoever takes the lines instead of standard output. */
export type LogDestination = DestinationStream;

/** JSON lines on standard output, one per event; fields are censored (see `censor.ts`). */
export function createLog(level: LogLevel, component: string, destination?: LogDestination): Log {
  const options = {
    level,
    base: { component },
    timestamp: () => `,"time":"${timeOf(Date.now())}"`,
    formatters: { level: (label: string) => ({ level: label }), log: censorFields },
  };
  return pino(options, destination ?? pino.destination({ fd: 1, sync: true }));
}

export const isLogLevel = (text: string): text is LogLevel => LOG_LEVELS.some((level) => level === text);

let second = NaN;
let untilSecond = '';

/** RFC 3339. Most of it is that of the line before, and writing it anew would take as long as the line. */
function timeOf(ms: number): string {
  const now = Math.floor(ms / 1000);
  if (now !== second) {
    second = now;
    untilSecond = new Date(now * 1000).toISOString().slice(0, -4);
  }
  return `${untilSecond}${String(ms - now * 1000).padStart(3, '0')}Z`;
}
