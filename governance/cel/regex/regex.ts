/**
 * Regular expressions as the API server has them. JavaScript's own mean other things by the same signs, and can be kept busy
 * for hours by a text that was made for it; these take a time that grows with the text alone.
 */
import { parse } from './parse.ts';
import { programFor } from './program.ts';
import { type Match, Searcher } from './search.ts';

const known = new Map<string, Searcher>();

/**
 * @throws {Error} If it is no expression, or none that policies are written with.
 */
function searcherFor(pattern: string): Searcher {
  const searcher = known.get(pattern) ?? new Searcher(programFor(parse(pattern)));
  known.set(pattern, searcher);
  return searcher;
}

/** Whether any part of the text matches. */
export const matches = (text: string, pattern: string): boolean =>
  searcherFor(pattern).search(text, 0) !== undefined;

/** The first match, or the empty text. */
export function find(text: string, pattern: string): string {
  const found = searcherFor(pattern).search(text, 0);
  return found === undefined ? '' : text.slice(found.start, found.end);
}

/** All matches that do not overlap; an empty one right behind another does not count. */
export function findAll(text: string, pattern: string): readonly string[] {
  const searcher = searcherFor(pattern);
  const found: string[] = [];
  let last: Match = { start: -1, end: -1 };
  for (let from = 0; from <= text.length;) {
    const match = searcher.search(text, from);
    if (match === undefined) break;
    const isEmpty = match.start === match.end;
    if (!isEmpty || match.start !== last.end) found.push(text.slice(match.start, match.end));
    from = isEmpty ? match.end + widthAt(text, match.end) : match.end;
    last = match;
  }
  return found;
}

const widthAt = (text: string, at: number): number => ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
