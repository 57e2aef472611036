import { isWordCharacter } from './characters.ts';
import type { Place } from './node.ts';
import type { Program } from './program.ts';

/** Where a match begins, and where it has ended. */
export interface Match {
  readonly start: number;
  readonly end: number;
}

const LINE_FEED = 10;

/** Whether a place in the text is such a one. */
function isAt(place: Place, text: string, at: number): boolean {
  switch (place) {
    case 'text-begins':
      return at === 0;
    case 'text-ends':
      return at === text.length;
    case 'line-begins':
      return at === 0 || text.charCodeAt(at - 1) === LINE_FEED;
    case 'line-ends':
      return at === text.length || text.charCodeAt(at) === LINE_FEED;
    case 'word-boundary':
      return isBoundary(text, at);
    case 'no-word-boundary':
      return !isBoundary(text, at);
  }
}

/** Characters of words are ASCII, which half a character never is. */
const isBoundary = (text: string, at: number): boolean =>
  isWordCharacter(text.codePointAt(at - 1)) !== isWordCharacter(text.codePointAt(at));

/** The ways through a program that are still open at one place of a text, those that are preferred first. */
class Ways {
  count = 0;
  readonly steps: Uint32Array;
  readonly starts: Uint32Array;
  readonly #seen: Uint32Array;
  readonly #waiting: number[] = [];
  #round = 1;

  constructor(size: number) {
    this.steps = new Uint32Array(size);
    this.starts = new Uint32Array(size);
    this.#seen = new Uint32Array(size);
  }

  clear(): void {
    this.count = 0;
    this.#round += 1;
  }

  /** Follows a way up to where it needs a character. One that another has gone before is no other. */
  open({ instructions }: Program, from: number, text: string, { start, end }: Match): void {
    const waiting = this.#waiting;
    waiting.push(from);
    for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
      if (this.#seen[step] === this.#round) continue;
      this.#seen[step] = this.#round;
      const instruction = instructions[step];
      if (instruction?.kind === 'fork') waiting.push(instruction.second, instruction.first);
      else if (instruction?.kind !== 'place') this.#keep(step, start);
      else if (isAt(instruction.place, text, end)) waiting.push(instruction.next);
    }
  }

  #keep(step: number, start: number): void {
    this.steps[this.count] = step;
    this.starts[this.count] = start;
    this.count += 1;
  }
}

/** Looks for matches of one program. */
export class Searcher {
  readonly #program: Program;
  #here: Ways;
  #there: Ways;

  constructor(program: Program) {
    this.#program = program;
    this.#here = new Ways(program.instructions.length);
    this.#there = new Ways(program.instructions.length);
  }

  /**
   * The first match from a place on; of those that begin there, the one that the expression prefers. It takes no longer
   * than the text times the program, whatever they are.
   */
  search(text: string, from: number): Match | undefined {
    let found: Match | undefined;
    this.#here.clear();
    for (let at = from; at <= text.length;) {
      const point = text.codePointAt(at) ?? -1;
      const next = at + (point > 0xffff ? 2 : 1);
      if (found === undefined && (this.#here.count > 0 || this.#program.mayBeginWith(point))) {
        this.#here.open(this.#program, this.#program.start, text, { start: at, end: at });
      }
      if (this.#here.count === 0 && found !== undefined) break;
      found = this.#advance(text, point, { start: at, end: next }) ?? found;
      at = next;
    }
    return found;
  }

  /** Takes one character. @returns A match that ends before it; ways that are preferred less are left then. */
  #advance(text: string, point: number, { start: at, end: next }: Match): Match | undefined {
    const [here, there] = [this.#here, this.#there];
    [this.#here, this.#there] = [there, here];
    there.clear();
    for (let index = 0; index < here.count; index += 1) {
      const instruction = this.#program.instructions[here.steps[index] ?? 0];
      const start = here.starts[index] ?? at;
      if (instruction?.kind === 'found') return { start, end: at };
      if (instruction?.kind === 'one' && point >= 0 && instruction.set.has(point)) {
        there.open(this.#program, instruction.next, text, { start, end: next });
      }
    }
    return undefined;
  }
}
