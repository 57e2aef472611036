import { hash } from 'node:crypto';
import { sameBody } from '../../schedule/same.ts';
import type { ValueMap } from '../../value/value.ts';

/** Of which text a body was made, as far as the text can come again. */
const digests = new WeakMap<ValueMap, string>();

/** Vault begins each answer with a number of its own, which alone makes no two of them differ. */
const NUMBERED = '{"request_id":"';

/**
 * Remembers of which text a body was made. What was known says the same, it may be, though it was not made of a text here: a
 * restarted agent has it from its saved state, and goes on with it.
 */
export function remember(body: ValueMap, text: string, known: ValueMap | undefined): void {
  const digest = digestOf(text);
  digests.set(body, digest);
  if (known && sameBody(known, body)) digests.set(known, digest);
}

/** True if a body was made of this text, or of one that differs in the answer's number only: it need not be parsed again. */
export const isMadeOf = (body: ValueMap, text: string): boolean => digests.get(body) === digestOf(text);

function digestOf(text: string): string {
  const numbered = text.startsWith(NUMBERED);
  return hash('sha256', numbered ? text.slice(text.indexOf('"', NUMBERED.length)) : text, 'base64');
}
