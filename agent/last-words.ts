import { writeFileSync } from 'node:fs';
import { obstacle, unready } from './schedule/outlook.ts';
import type { Step } from './run.ts';

/** The kubelet shows this much of a container's termination message. */
const LIMIT_BYTES = 4096;

/**
 * Writes why the files are not rendered to where the kubelet looks once the container has ended, so that
 * `kubectl describe` shows it; an empty text takes it back. Best effort: outside a pod there is no such file.
 */
export function writeLastWords(path: string, text: string): void {
  try {
    writeFileSync(path, clip(text));
  } catch {
    // The reason stands in the log and on `/readyz`, too.
  }
}

/** Keeps the last words up to date with whatever stands in the way and will not pass by itself. */
export function keepLastWords(path: string): (step: Step) => void {
  let written = '';
  return ({ after }) => {
    const stuck = obstacle(after)?.stuckSince !== undefined;
    const text = (stuck ? unready(after) : undefined) ?? '';
    if (text !== written) writeLastWords(path, text);
    written = text;
  };
}

/** At most the limit, and never half a character. */
function clip(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= LIMIT_BYTES) return text;
  return bytes
    .subarray(0, LIMIT_BYTES)
    .toString('utf8')
    .replace(/\uFFFD$/u, '');
}
