import { toLower } from '../case.ts';

type Kind = 'number' | 'upper' | 'alphabet' | 'connector' | 'punctuation' | 'other' | 'invalid';

interface Word {
  readonly kind: Kind;
  readonly text: string;
}

export const isConnector = (character: string): boolean => /[-_\p{White_Space}]/u.test(character);

const isUpper = (character: string): boolean => /\p{Lu}/u.test(character);

const isPunctuation = (character: string): boolean => /\p{P}/u.test(character);

const isNumber = (character: string): boolean => /\p{N}/u.test(character);

/** Letters but for most ideographs. */
const isAlphabet = (character: string): boolean =>
  /\p{L}/u.test(character) && !/[\u{4e00}-\u{9fcc}\u{3400}-\u{4d85}\u{20000}-\u{2b81d}]/u.test(character);

/** Small letters, and those that are neither small nor large. */
const isSmall = (character: string): boolean => isAlphabet(character) && !isUpper(character);

const isOther = (character: string): boolean =>
  ![isConnector, isAlphabet, isNumber, isPunctuation].some((belongs) => belongs(character));

/** What a word begins with, and what it goes on with, in the order of asking. */
const KINDS: readonly (readonly [kind: Kind, begins: (character: string) => boolean])[] = [
  ['connector', isConnector],
  ['punctuation', isPunctuation],
  ['upper', isUpper],
  ['alphabet', isSmall],
  ['number', isNumber],
  ['other', isOther],
];

/** Words by the letters' case, joined by a character, in small letters. */
export function joinWords(text: string, connector: string): string {
  const joining = new Joining(wordsIn(Array.from(text)), connector);
  return joining.joined();
}

/** Follows the order in which `xstrings` decides, step by step, as where a number belongs hangs on what follows it. */
class Joining {
  readonly #words: readonly Word[];
  readonly #connector: string;
  readonly #parts: string[] = [];
  #at = 0;

  constructor(words: readonly Word[], connector: string) {
    this.#words = words;
    this.#connector = connector;
  }

  joined(): string {
    while (this.#hasMore()) {
      const word = this.#word();
      if (word.kind !== 'connector') this.#write(word);
      this.#at += 1;
      this.#after(word);
    }
    this.#write(this.#word());
    return this.#parts.join('');
  }

  #after(word: Word): void {
    if (word.kind === 'connector') this.#write(word);
    else if (word.kind === 'number') this.#rest();
    else if (word.kind === 'punctuation') return;
    else if (this.#word().kind !== 'number') this.#part(['connector', 'punctuation']);
    else if (this.#hasMore()) this.#number();
  }

  /** A number belongs to the word before it, unless letters follow. */
  #number(): void {
    const number = this.#word();
    this.#at += 1;
    if (this.#word().kind === 'alphabet') {
      this.#parts.push(this.#connector, number.text);
      this.#rest();
      return;
    }
    this.#write(number);
    this.#part(['connector', 'punctuation']);
  }

  /** Letters and numbers that go on. */
  #rest(): void {
    for (; ['alphabet', 'number'].includes(this.#word().kind); this.#at += 1) this.#write(this.#word());
    this.#part(['connector', 'punctuation', 'invalid']);
  }

  /** Something between words, unless there is. */
  #part(unless: readonly Kind[]): void {
    if (!unless.includes(this.#word().kind)) this.#parts.push(this.#connector);
  }

  #write({ kind, text }: Word): void {
    const isPlain = kind !== 'upper' && kind !== 'connector';
    this.#parts.push(isPlain ? text : Array.from(text.toWellFormed(), (one) => this.#lower(one)).join(''));
  }

  #lower(character: string): string {
    if (isConnector(character)) return this.#connector;
    return isUpper(character) ? toLower(character) : character;
  }

  #word(): Word {
    return this.#words[this.#at] ?? { kind: 'invalid', text: '' };
  }

  #hasMore(): boolean {
    return this.#at + 1 < this.#words.length;
  }
}

function wordsIn(characters: readonly string[]): readonly Word[] {
  const words: Word[] = [];
  for (let from = 0; from < characters.length;) {
    const first = nextOf(characters, from, undefined);
    const kind = KINDS.find(([, begins]) => first.character !== undefined && begins(first.character))?.[0];
    const to = kind === undefined ? first.to : wordEnd(characters, first, kind);
    words.push({ kind: kind ?? 'invalid', text: characters.slice(from, to).join('') });
    from = to;
  }
  return words;
}

interface Place {
  /** Nothing if there was none before either. */
  readonly character: string | undefined;
  readonly to: number;
}

/** The next character that is whole; behind the last one, that before. */
function nextOf(characters: readonly string[], from: number, before: string | undefined): Place {
  let at = from;
  while (at < characters.length && isInvalid(characters[at] ?? '')) at += 1;
  return at === characters.length ? { character: before, to: at } : { character: characters[at], to: at + 1 };
}

const isInvalid = (character: string): boolean => character === '\u{fffd}' || !character.isWellFormed();

function wordEnd(characters: readonly string[], first: Place, kind: Kind): number {
  const belongs = KINDS.find(([name]) => name === kind)?.[1] ?? isOther;
  if (kind !== 'upper') return runOf(characters, first, belongs).to;
  const second = nextOf(characters, first.to, first.character);
  if (isSmall(second.character ?? '')) return runOf(characters, second, isSmall).to;
  const { to, lastSize, next } = runOf(characters, first, isUpper);
  // The last large letter of a row begins the word that goes on in small ones.
  return lastSize > 0 && to < characters.length && isAlphabet(next ?? '') ? to - lastSize : to;
}

interface Run {
  readonly to: number;
  /** Of what was added last. */
  readonly lastSize: number;
  /** What did not belong to it any more. */
  readonly next: string | undefined;
}

function runOf(characters: readonly string[], first: Place, belongs: (character: string) => boolean): Run {
  let [place, lastSize] = [first, 0];
  while (place.to < characters.length) {
    const next = nextOf(characters, place.to, place.character);
    if (!belongs(next.character ?? '')) return { to: place.to, lastSize, next: next.character };
    lastSize = next.to - place.to;
    place = next;
  }
  return { to: place.to, lastSize, next: undefined };
}
