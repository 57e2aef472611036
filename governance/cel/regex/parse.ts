import { type Characters, characterSet, runs } from './characters.ts';
import { readBrackets } from './brackets.ts';
import { readEscape } from './escape.ts';
import { type Node, type Place, type Repetition, Unsupported } from './node.ts';

const FLAGS = /^\(\?(?<flags>[ims]+)\)/u;
const OPENING = /^\((?:\?(?::|P?<[A-Za-z_]\w*>))?/u;
const QUANTIFIER = /^(?:(?<mark>[*+?])|\{(?<least>\d+)(?<comma>,?)(?<most>\d*)\})(?<lazy>\??)/u;
const MOST_TIMES = 1000;

const EVERYTHING = characterSet([{ ranges: [], isNegated: true }], false);
const IN_A_LINE = characterSet([{ ranges: runs('\n\n'), isNegated: true }], false);

const ESCAPED_PLACES: ReadonlyMap<string, Place> = new Map([
  ['A', 'text-begins'],
  ['z', 'text-ends'],
  ['b', 'word-boundary'],
  ['B', 'no-word-boundary'],
]);

/** Reads an expression from left to right. */
class Reader {
  readonly #text: string;
  readonly #flags: string;
  #at: number;

  constructor(pattern: string) {
    const leading = FLAGS.exec(pattern);
    this.#text = pattern;
    this.#flags = leading?.groups?.['flags'] ?? '';
    this.#at = leading?.[0].length ?? 0;
  }

  readAll(): Node {
    const node = this.#choice();
    if (this.#at < this.#text.length)
      throw new Unsupported(`the parenthesis at ${this.#at}, which nothing opens`);
    return node;
  }

  get #rest(): string {
    return this.#text.slice(this.#at);
  }

  #take(length: number): void {
    this.#at += length;
  }

  #choice(): Node {
    const nodes = [this.#sequence()];
    while (this.#rest.startsWith('|')) {
      this.#take(1);
      nodes.push(this.#sequence());
    }
    return { kind: 'choice', nodes };
  }

  #sequence(): Node {
    const nodes: Node[] = [];
    while (this.#at < this.#text.length && !/^[|)]/u.test(this.#rest)) nodes.push(this.#repeated());
    return { kind: 'sequence', nodes };
  }

  #repeated(): Node {
    if (QUANTIFIER.test(this.#rest)) throw new Unsupported(`${this.#rest.slice(0, 3)} behind nothing`);
    const node = this.#atom();
    const quantifier = QUANTIFIER.exec(this.#rest);
    if (quantifier === null) return node;
    this.#take(quantifier[0].length);
    if (QUANTIFIER.test(this.#rest)) throw new Unsupported('a repetition of a repetition');
    return { kind: 'repetition', node, ...times(quantifier), isGreedy: quantifier.groups?.['lazy'] === '' };
  }

  #atom(): Node {
    const [character = ''] = this.#rest;
    switch (character) {
      case '(':
        return this.#group();
      case '[':
        return this.#brackets();
      case '\\':
        return this.#escape();
      default:
        this.#take(character.length);
        return this.#symbol(character);
    }
  }

  #group(): Node {
    const [opening = ''] = OPENING.exec(this.#rest) ?? [];
    this.#take(opening.length);
    if (this.#rest.startsWith('?')) throw new Unsupported(`the group (${this.#rest.slice(0, 3)}`);
    const node = this.#choice();
    if (!this.#rest.startsWith(')')) throw new Unsupported('a group that nothing closes');
    this.#take(1);
    return node;
  }

  #brackets(): Node {
    const { value, length } = readBrackets(this.#rest);
    this.#take(length);
    const set = characterSet(value.members, this.#flags.includes('i'));
    return { kind: 'one', set: value.isNegated ? { has: (point) => !set.has(point) } : set };
  }

  #escape(): Node {
    const place = ESCAPED_PLACES.get(this.#rest.charAt(1));
    if (place !== undefined) {
      this.#take(2);
      return { kind: 'place', place };
    }
    const { value, length } = readEscape(this.#rest);
    this.#take(length);
    return this.#one(value);
  }

  #symbol(character: string): Node {
    const isMultiline = this.#flags.includes('m');
    switch (character) {
      case '.':
        return { kind: 'one', set: this.#flags.includes('s') ? EVERYTHING : IN_A_LINE };
      case '^':
        return { kind: 'place', place: isMultiline ? 'line-begins' : 'text-begins' };
      case '$':
        return { kind: 'place', place: isMultiline ? 'line-ends' : 'text-ends' };
      default:
        return this.#one({ ranges: runs(character + character), isNegated: false });
    }
  }

  #one(characters: Characters): Node {
    return { kind: 'one', set: characterSet([characters], this.#flags.includes('i')) };
  }
}

type Times = Pick<Repetition, 'least' | 'most'>;

const MARKS: ReadonlyMap<string, Times> = new Map([
  ['*', { least: 0, most: Infinity }],
  ['+', { least: 1, most: Infinity }],
  ['?', { least: 0, most: 1 }],
]);

function times({ groups = {} }: RegExpExecArray): Times {
  const { mark, least = '', comma = '', most = '' } = groups;
  return MARKS.get(mark ?? '') ?? counted(least, comma === '' ? least : most);
}

function counted(least: string, most: string): Times {
  const [from, to] = [Number(least), Number(most === '' ? least : most)];
  if (from > to || to > MOST_TIMES) throw new Unsupported(`the repetition from ${from} to ${to} times`);
  return { least: from, most: most === '' ? Infinity : to };
}

/**
 * @throws {Unsupported} If it is no expression, or none that policies are written with.
 */
export const parse = (pattern: string): Node => new Reader(pattern).readAll();
