import { writeSync } from 'node:fs';
import type { LogDestination } from '#platform/log.ts';

const STANDARD_OUTPUT = 1;

/** What a line of JSON has for itself, beside the fields of the event. */
interface Line {
  readonly level: string;
  readonly time: string;
  readonly component: string;
  readonly msg?: string;
}

/** A log in text, as Vault Agent writes its own: `2026-01-02T03:04:05.006Z [INFO]  agent: Started: port=9473`. */
export const textLog = (write: (text: string) => void = writeOut): LogDestination => ({
  write: (line) => write(textOf(line)),
});

const writeOut = (text: string): void => void writeSync(STANDARD_OUTPUT, text);

/** Longest level, brackets and a space. */
const LEVEL_WIDTH = 8;

function textOf(line: string): string {
  const { level, time, component, msg = '', ...fields } = JSON.parse(line) as Line;
  const pairs = Object.entries(fields).map(([key, value]) => `${key}=${shown(value)}`);
  const head = `${time} ${`[${level.toUpperCase()}]`.padEnd(LEVEL_WIDTH)}${component}: ${msg}`;
  return `${head}${pairs.length > 0 ? `: ${pairs.join(' ')}` : ''}\n`;
}

/** In quotes where it would not be one word, so that no value makes a line of its own. */
function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return typeof value === 'string' && !/^[\w./:@+-]+$/u.test(text) ? JSON.stringify(text) : text;
}
