import type { Assertion } from '#contract/template/regex/tree.ts';
import type { Instruction, Program } from './program.ts';

/** Start and end of the match and of each group, in characters; undefined for a group that took no part. */
export type Slots = readonly (number | undefined)[];

interface Thread {
  readonly at: Extract<Instruction, { kind: 'character' | 'match' }>;
  readonly slots: Slots;
}

/**
 * Finds the leftmost match of which a backtracking engine would find first, in time that grows with text × program: all
 * threads go through the text together, those preferred first (the machine of Pike, as in RE2).
 */
export function findMatch(
  { instructions, start }: Program,
  text: readonly string[],
  from: number,
  spend: (units: number) => void,
): Slots | undefined {
  let threads: readonly Thread[] = [];
  let found: Slots | undefined;
  for (let index = from; index <= text.length; index += 1) {
    const step = new Step(instructions, text, index);
    step.follow(threads);
    if (found === undefined) step.add(start, []);
    spend((step.work + 1) / 8);
    const ending = step.threads.findIndex(({ at }) => at.kind === 'match');
    found = step.threads[ending]?.slots ?? found;
    threads = ending < 0 ? step.threads : step.threads.slice(0, ending);
    if (threads.length === 0 && found !== undefined) return found;
  }
  return found;
}

/** The threads at one place of the text. */
class Step {
  readonly threads: Thread[] = [];
  work = 0;
  readonly #instructions: readonly Instruction[];
  readonly #text: readonly string[];
  readonly #index: number;
  readonly #seen = new Set<number>();

  constructor(instructions: readonly Instruction[], text: readonly string[], index: number) {
    this.#instructions = instructions;
    this.#text = text;
    this.#index = index;
  }

  /** Goes on with the threads of the place before that take the character between. */
  follow(threads: readonly Thread[]): void {
    const character = this.#text[this.#index - 1] ?? '';
    for (const { at, slots } of threads) {
      if (at.kind === 'character' && at.test.test(character)) this.add(at.next, slots);
    }
  }

  /** Adds what a thread at an instruction comes to before it needs a character; the first to come there stays. */
  add(target: number, slots: Slots): void {
    const open: { readonly target: number; readonly slots: Slots }[] = [{ target, slots }];
    for (let one = open.pop(); one !== undefined; one = open.pop()) {
      this.work += 1;
      const at = this.#seen.has(one.target) ? undefined : this.#instructions[one.target];
      this.#seen.add(one.target);
      if (at === undefined) continue;
      if (at.kind === 'split') open.push({ ...one, target: at.second }, { ...one, target: at.first });
      else if (at.kind === 'save')
        open.push({ target: at.next, slots: saved(one.slots, at.slot, this.#index) });
      else if (at.kind !== 'assertion') this.threads.push({ at, slots: one.slots });
      else if (holds(at.assertion, this.#text, this.#index)) open.push({ ...one, target: at.next });
    }
  }
}

function saved(slots: Slots, slot: number, index: number): Slots {
  const copy = [...slots];
  copy[slot] = index;
  return copy;
}

function holds(assertion: Assertion, text: readonly string[], index: number): boolean {
  const [before, after] = [text[index - 1], text[index]];
  switch (assertion) {
    case 'text start':
      return index === 0;
    case 'text end':
      return index === text.length;
    case 'line start':
      return index === 0 || before === '\n';
    case 'line end':
      return index === text.length || after === '\n';
    default:
      return (isWord(before) !== isWord(after)) === (assertion === 'word edge');
  }
}

const isWord = (character: string | undefined): boolean => character !== undefined && /^\w$/u.test(character);
