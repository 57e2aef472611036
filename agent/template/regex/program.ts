import type { Assertion, Regex, Repetition } from '#contract/template/regex/tree.ts';
import { Fault } from '../error.ts';

/** What a thread of the machine does: go on at an index, or at the first of two with preference. */
export type Instruction =
  | { readonly kind: 'character'; readonly test: RegExp; readonly next: number }
  | { readonly kind: 'assertion'; readonly assertion: Assertion; readonly next: number }
  | { readonly kind: 'save'; readonly slot: number; readonly next: number }
  | { readonly kind: 'split'; first: number; second: number }
  | { readonly kind: 'match' };

export interface Program {
  readonly instructions: readonly Instruction[];
  readonly start: number;
}

/** Repetitions are copies; more than this is neither fast nor written by anyone. */
const MAX_INSTRUCTIONS = 20_000;

/** Makes a program of a tree, from its end to its start: each part is told where it goes on. */
export function compileRegex(tree: Regex): Program {
  const compiler = new Compiler();
  const end = compiler.add({ kind: 'match' });
  const close = compiler.add({ kind: 'save', slot: 1, next: end });
  const start = compiler.add({ kind: 'save', slot: 0, next: compiler.compile(tree, close) });
  return { instructions: compiler.instructions, start };
}

class Compiler {
  readonly instructions: Instruction[] = [];

  add(instruction: Instruction): number {
    if (this.instructions.length >= MAX_INSTRUCTIONS) throw new Fault('the regular expression is too large');
    return this.instructions.push(instruction) - 1;
  }

  /** The index where the part begins that goes on at `next`. */
  compile(tree: Regex, next: number): number {
    switch (tree.kind) {
      case 'character':
        return this.add({ kind: 'character', test: new RegExp(tree.set, tree.folds ? 'iv' : 'v'), next });
      case 'assertion':
        return this.add({ kind: 'assertion', assertion: tree.assertion, next });
      case 'sequence':
        return tree.parts.reduceRight((after, part) => this.compile(part, after), next);
      case 'choice':
        return this.#choice(tree.branches, next);
      case 'group': {
        const close = this.add({ kind: 'save', slot: 2 * tree.index + 1, next });
        return this.add({ kind: 'save', slot: 2 * tree.index, next: this.compile(tree.body, close) });
      }
      default:
        return this.#repetition(tree, next);
    }
  }

  #choice(branches: readonly Regex[], next: number): number {
    const starts = branches.map((branch) => this.compile(branch, next));
    return starts.reduceRight((second, first) => this.add({ kind: 'split', first, second }));
  }

  /** `x{2,4}` is `xx(x(x)?)?`, `x{2,}` is `xx+`. */
  #repetition({ body, least, most, greedy }: Repetition, next: number): number {
    let start = next;
    if (most === Infinity) start = this.#loop(body, greedy, next, least === 0);
    else
      for (let count = least; count < most; count += 1)
        start = this.#optional(this.compile(body, start), greedy, next);
    const copies = most === Infinity ? Math.max(least - 1, 0) : least;
    for (let count = 0; count < copies; count += 1) start = this.compile(body, start);
    return start;
  }

  #optional(start: number, greedy: boolean, next: number): number {
    const [first, second] = greedy ? [start, next] : [next, start];
    return this.add({ kind: 'split', first, second });
  }

  /** `x+`; and `x*`, which is `(x+)?` so that an empty `x` comes in the right order. */
  #loop(body: Regex, greedy: boolean, next: number, isOptional: boolean): number {
    const split = { kind: 'split' as const, first: next, second: next };
    const again = this.add(split);
    const start = this.compile(body, again);
    if (greedy) split.first = start;
    else split.second = start;
    return isOptional ? this.#optional(start, greedy, next) : start;
  }
}
