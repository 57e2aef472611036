import { type CharacterSet, setOf } from './characters.ts';
import { isNullable, type Node, type Place, type Repetition, Unsupported } from './node.ts';

/** What is to be done at one step, and where to go on. */
export type Instruction =
  | { readonly kind: 'one'; readonly set: CharacterSet; readonly next: number }
  | { readonly kind: 'place'; readonly place: Place; readonly next: number }
  /** Both ways are gone, the first rather than the second. */
  | { readonly kind: 'fork'; readonly first: number; readonly second: number }
  | { readonly kind: 'found' };

export interface Program {
  readonly instructions: readonly Instruction[];
  readonly start: number;
  /** Whether a match may begin where such a character is; -1 is the end of the text. Most characters begin nothing. */
  mayBeginWith(point: number): boolean;
}

const MOST_INSTRUCTIONS = 20_000;

/** Builds a program from its end to its beginning, so that whatever is built knows where to go on. */
class Builder {
  readonly instructions: Instruction[] = [];

  add(instruction: Instruction): number {
    if (this.instructions.length >= MOST_INSTRUCTIONS) throw new Unsupported('so many repetitions');
    return this.instructions.push(instruction) - 1;
  }

  build(node: Node, next: number): number {
    switch (node.kind) {
      case 'one':
        return this.add({ kind: 'one', set: node.set, next });
      case 'place':
        return this.add({ kind: 'place', place: node.place, next });
      case 'sequence':
        return node.nodes.reduceRight((following, one) => this.build(one, following), next);
      case 'choice':
        return node.nodes
          .map((one) => this.build(one, next))
          .reduceRight((second, first) => this.add({ kind: 'fork', first, second }));
      case 'repetition':
        return this.#repetition(node, next);
    }
  }

  #repetition({ node, least, most, isGreedy }: Repetition, next: number): number {
    let start = next;
    if (most === Infinity) {
      start = least === 0 ? this.#anyTimes(node, isGreedy, next) : this.#atLeastOnce(node, isGreedy, next);
    } else {
      for (let times = least; times < most; times += 1) {
        start = this.#perhaps(this.build(node, start), isGreedy, next);
      }
    }
    const before = most === Infinity ? least - 1 : least;
    for (let times = 0; times < before; times += 1) start = this.build(node, start);
    return start;
  }

  #perhaps(start: number, isGreedy: boolean, next: number): number {
    return this.add(fork(start, isGreedy, next));
  }

  #atLeastOnce(node: Node, isGreedy: boolean, next: number): number {
    const loop = this.add({ kind: 'found' });
    const start = this.build(node, loop);
    this.instructions[loop] = fork(start, isGreedy, next);
    return start;
  }

  /** What may match nothing is tried once before it is left out, which keeps the order of what is preferred. */
  #anyTimes(node: Node, isGreedy: boolean, next: number): number {
    if (isNullable(node)) return this.#perhaps(this.#atLeastOnce(node, isGreedy, next), isGreedy, next);
    const loop = this.add({ kind: 'found' });
    const start = this.build(node, loop);
    this.instructions[loop] = fork(start, isGreedy, next);
    return loop;
  }
}

/** Once more or on, whichever is preferred. */
const fork = (again: number, isGreedy: boolean, next: number): Instruction => ({
  kind: 'fork',
  first: isGreedy ? again : next,
  second: isGreedy ? next : again,
});

/** The instructions that a match may begin with. */
function firstOf(instructions: readonly Instruction[], start: number): readonly Instruction[] {
  const seen = new Set<number>();
  const waiting = [start];
  for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
    if (seen.has(step)) continue;
    seen.add(step);
    const instruction = instructions[step];
    if (instruction?.kind === 'fork') waiting.push(instruction.first, instruction.second);
    if (instruction?.kind === 'place') waiting.push(instruction.next);
  }
  return [...seen].flatMap((step) => instructions[step] ?? []);
}

export function programFor(node: Node): Program {
  const builder = new Builder();
  const end = builder.add({ kind: 'found' });
  const start = builder.build(node, end);
  const { instructions } = builder;
  const first = firstOf(instructions, start);
  if (first.some(({ kind }) => kind === 'found')) return { instructions, start, mayBeginWith: () => true };
  const sets = first.flatMap((instruction) => (instruction.kind === 'one' ? [instruction.set] : []));
  const set = setOf((point) => point >= 0 && sets.some((one) => one.has(point)));
  return { instructions, start, mayBeginWith: (point) => set.has(point) };
}
