import { parseRegex } from '#contract/template/regex/parse.ts';
import { RegexSyntaxError } from '#contract/template/regex/tree.ts';
import { Fault } from '../error.ts';
import { findMatch, type Slots } from './machine.ts';
import { compileRegex, type Program } from './program.ts';

/** A regular expression of Go on one text. */
export class Regex {
  readonly #program: Program;
  readonly #names: readonly (string | undefined)[];
  readonly #spend: (units: number) => void;

  /** `spend` is told of work done. Throws Fault if the pattern is none. */
  constructor(pattern: string, spend: (units: number) => void) {
    const { tree, names } = parsed(pattern);
    this.#program = compileRegex(tree);
    this.#names = names;
    this.#spend = spend;
    spend(this.#program.instructions.length / 8);
  }

  matches(text: string): boolean {
    return findMatch(this.#program, Array.from(text), 0, this.#spend) !== undefined;
  }

  /** The matches, at most so many, from left to right. An empty one right behind another does not count. */
  all(text: string, most = Infinity): readonly Match[] {
    const characters = Array.from(text);
    const matches: Match[] = [];
    for (let from = 0, end = -1; from <= characters.length && matches.length < most;) {
      const slots = findMatch(this.#program, characters, from, this.#spend);
      if (slots === undefined) break;
      const match = new Match(characters, slots, this.#names);
      if (match.end > match.start || match.start !== end) matches.push(match);
      end = match.end;
      from = match.end > from ? match.end : from + 1;
    }
    return matches;
  }

  /** The text with each match replaced. */
  replace(text: string, replacement: (match: Match) => string): string {
    const characters = Array.from(text);
    let end = 0;
    const parts = this.all(text).flatMap((match) => {
      const before = characters.slice(end, match.start);
      end = match.end;
      return [...before, replacement(match)];
    });
    return [...parts, ...characters.slice(end)].join('');
  }
}

/** With the work that it does accounted for. */
export const compileFor = (pattern: string, context: { spend(units: number): void }): Regex =>
  new Regex(pattern, (units) => context.spend(units));

function parsed(pattern: string): ReturnType<typeof parseRegex> {
  try {
    return parseRegex(pattern);
  } catch (error) {
    if (error instanceof RegexSyntaxError)
      throw new Fault(`the regular expression is malformed: ${error.message}`);
    throw error;
  }
}

export class Match {
  readonly start: number;
  readonly end: number;
  readonly #characters: readonly string[];
  readonly #slots: Slots;
  readonly #names: readonly (string | undefined)[];

  constructor(characters: readonly string[], slots: Slots, names: readonly (string | undefined)[]) {
    this.#characters = characters;
    this.#slots = slots;
    this.#names = names;
    this.start = slots[0] ?? 0;
    this.end = slots[1] ?? 0;
  }

  /** The text of a group; the whole match is group 0. Empty if it took no part, or there is none. */
  group(index: number): string {
    const [start, end] = [this.#slots[2 * index], this.#slots[2 * index + 1]];
    return start === undefined || end === undefined ? '' : this.#characters.slice(start, end).join('');
  }

  /** A replacement with `$1`, `${1}`, `$name`, `${name}` and `$$` filled in. The longest name counts: `$1x` is `${1x}`. */
  expand(template: string): string {
    return template.replaceAll(
      /\$(?:(?<dollar>\$)|\{(?<braced>[\p{L}\p{Nd}_]+)\}|(?<bare>[\p{L}\p{Nd}_]+))/gu,
      (...found: readonly unknown[]) => {
        const { dollar, braced, bare = '' } = found.at(-1) as Readonly<Record<string, string | undefined>>;
        return dollar ?? this.#named(braced ?? bare);
      },
    );
  }

  #named(name: string): string {
    if (/^\d+$/u.test(name) && !/^0\d/u.test(name)) return this.group(Number(name));
    const index = this.#names.indexOf(name);
    return index < 0 ? '' : this.group(index + 1);
  }
}
