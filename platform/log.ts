import { type DestinationStream, type Logger, pino } from 'pino';

/** Structured logging: the message is constant, what varies goes into the fields. */
export type Log = Logger;

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A field of such a name is censored wherever it stands, though nothing is meant to log one. */
const CENSORED = [
  'token',
  'jwt',
  'password',
  'secret',
  'secret_id',
  'client_token',
  'authorization',
  'value',
  'data',
];

/** JSON lines on standard output, one per event. */
export function createLog(level: LogLevel, component: string, destination?: DestinationStream): Log {
  const options = {
    level,
    base: { component },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: CENSORED.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
  };
  return pino(options, destination ?? pino.destination({ fd: 1, sync: true }));
}

export const isLogLevel = (text: string): text is LogLevel => LOG_LEVELS.some((level) => level === text);
