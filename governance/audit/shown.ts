import type { Json } from '#contract/json.ts';

/** Longer than any name in Kubernetes or a store; what is longer was not meant to be read. */
const LONGEST = 253;

/** Policies cut their own messages, too. */
const LONGEST_SENTENCE = 1000;

/** Characters that nobody sees, or that end a line somewhere. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]+/gu;

/**
 * What must not be shown wherever it stands: keyed hashes of values, by which a guess can be checked, and what has the shape of a
 * token. Old versions of Vault took tokens in paths.
 */
const CREDENTIAL =
  /hmac-sha256:\w*|\bhv[sbr]\.[\w-]{8,}|(?<![\w.-])[sbr]\.\w{24,}|\beyJ[\w-]{8,}(?:\.[\w-]+)*|-----BEGIN[^-]*-----[^-]*(?:-----END[^-]*-----)?/gu;

/** Stands for what must not be shown. */
const HIDDEN = '[hidden]';

/**
 * A name out of a log, as it may be shown to anybody: of one line, not too long, and no credential. Undefined if there is none.
 * Only what *names* something goes through here; whatever may hold a value is not shown at all.
 */
export const shownName = (value: Json | undefined): string | undefined => shown(value, LONGEST);

/** The same of what was sifted word by word. */
export const shownSentence = (value: Json | undefined): string | undefined => shown(value, LONGEST_SENTENCE);

function shown(value: Json | undefined, longest: number): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value
    .slice(0, 4 * longest)
    .replace(CREDENTIAL, HIDDEN)
    .replace(UNSEEN, ' ')
    .trim();
  if (text === '') return undefined;
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

/** A path of the store or the API server without its query, which may say more than where. */
export function shownPath(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? shownName(value.split(/[?#]/u, 1)[0]) : undefined;
}

/** Names in a list. */
export function shownNames(values: Iterable<Json | undefined>): string | undefined {
  const names = [...new Set(values)].map(shownName).filter((name) => name !== undefined);
  return names.length === 0 ? undefined : names.join(', ');
}
