import { TemplateSyntaxError } from './error.ts';

/** `text` stands outside the delimiters; `left` and `right` are the delimiters, trim markers taken care of. */
export type TokenKind =
  | 'text'
  | 'left'
  | 'right'
  | 'space'
  | 'word'
  | 'field'
  | 'dot'
  | 'variable'
  | 'number'
  | 'character'
  | 'string'
  | 'rawString'
  | 'pipe'
  | 'assign'
  | 'declare'
  | 'comma'
  | 'leftParen'
  | 'rightParen'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Where it begins in the source, in UTF-16 units. */
  readonly offset: number;
}

export interface LexSource {
  readonly text: string;
  readonly left: string;
  readonly right: string;
}

const SPACE = ' \t\r\n';

/** Matches at a place: a sticky pattern, or what tells how many characters match there. */
type Rule = RegExp | ((text: string, offset: number) => number);

/**
 * Tried in this order at each place inside an action, if the character there may begin them. Words may begin with any letter or
 * digit of Unicode, as in Go.
 */
const RULES: readonly (readonly [TokenKind, Rule, begins: string])[] = [
  ['declare', /:=/uy, ':'],
  ['assign', /=/uy, '='],
  ['pipe', /\|/uy, '|'],
  ['comma', /,/uy, ','],
  ['leftParen', /\(/uy, '('],
  ['rightParen', /\)/uy, ')'],
  ['string', /"(?:\\[^\n]|[^"\\\n])*"/uy, '"'],
  ['rawString', /`[^`]*`/uy, '`'],
  ['character', /'(?:\\[^\n]|[^'\\\n])*'/uy, "'"],
  ['variable', (text, offset) => 1 + wordLength(text, offset + 1), '$'],
  ['field', fieldLength, '.'],
  ['dot', /\.(?!\d)/uy, '.'],
  [
    'number',
    /(?=[+-]|\.?\d)[+-]?(?:0[xX][\da-fA-F_]*(?:\.[\da-fA-F_]*)?(?:[pP][+-]?[\d_]*)?|0[oO][0-7_]*|0[bB][01_]*|[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?[\d_]*)?)/uy,
    '+-.0123456789',
  ],
];

/** Most words are ASCII, and to make the pattern of all others costs the start of an agent a millisecond. */
function wordLength(text: string, offset: number): number {
  const length = lengthOf(/\w+/y, text, offset);
  if (text.charAt(offset + length) <= '\u007f') return length;
  return lengthOf(/[\p{L}\p{Nd}_]+/uy, text, offset);
}

function fieldLength(text: string, offset: number): number {
  const next = text.charAt(offset + 1);
  const length = next >= '0' && next <= '9' ? 0 : wordLength(text, offset + 1);
  return length === 0 ? 0 : 1 + length;
}

const NAMES: ReadonlySet<TokenKind> = new Set(['word', 'field', 'dot', 'variable']);

const UNFINISHED: Readonly<Record<string, string>> = {
  '"': 'unterminated quoted string; expected a closing " on the same line',
  '`': 'unterminated raw string; expected a closing backquote',
  "'": "unterminated character constant; expected a closing ' on the same line",
  ':': 'expected := after the variable',
};

/** The tokens of a template, the last of kind `end`. Throws TemplateSyntaxError. */
export function lex(source: LexSource): readonly Token[] {
  const lexer = new Lexer(source);
  while (!lexer.done) lexer.readText();
  lexer.push('end', 0);
  return lexer.tokens;
}

class Lexer {
  readonly tokens: Token[] = [];
  readonly #text: string;
  readonly #left: string;
  readonly #right: string;
  #offset = 0;

  constructor({ text, left, right }: LexSource) {
    this.#text = text;
    this.#left = left;
    this.#right = right;
  }

  get done(): boolean {
    return this.#offset >= this.#text.length;
  }

  push(kind: TokenKind, length: number): void {
    const text = this.#text.slice(this.#offset, this.#offset + length);
    this.tokens.push({ kind, text, offset: this.#offset });
    this.#offset += length;
  }

  /** Text up to the next action, then that action. */
  readText(): void {
    const found = this.#text.indexOf(this.#left, this.#offset);
    const delimiter = found < 0 ? this.#text.length : found;
    const marker = delimiter + this.#left.length;
    const trims = found >= 0 && this.#text[marker] === '-' && this.#isSpace(marker + 1);
    const end = trims ? this.#trimmedEnd(delimiter) : delimiter;
    if (end > this.#offset) this.push('text', end - this.#offset);
    this.#offset = delimiter;
    if (found < 0) return;
    const inside = marker + (trims ? 2 : 0);
    if (this.#text.startsWith('/*', inside)) this.#skipComment(inside);
    else this.#readAction(inside);
  }

  #readAction(inside: number): void {
    const start = this.#offset;
    this.push('left', inside - start);
    let depth = 0;
    for (let close = this.#closing(); close === undefined || depth > 0; close = this.#closing()) {
      if (close !== undefined) this.#fail('expected ) before the end of the action');
      if (this.done) this.#fail('unclosed action; expected the closing delimiter', start);
      depth += this.#readToken();
      if (depth < 0) this.#fail('unexpected right parenthesis', this.#offset - 1);
    }
    this.#close('right');
  }

  /** Reads one token and says by how much it changed the depth of parentheses. */
  #readToken(): number {
    if (this.#isSpace(this.#offset)) {
      this.push('space', this.#spaceLength());
      return 0;
    }
    const match = matchRule(this.#text, this.#offset);
    if (match === undefined) return this.#unrecognised();
    this.push(match.kind, match.length);
    this.#checkBoundary(match.kind);
    if (match.kind === 'leftParen') return 1;
    return match.kind === 'rightParen' ? -1 : 0;
  }

  /** A space that begins a trim-marked closing delimiter belongs to that. */
  #spaceLength(): number {
    let end = this.#offset;
    while (this.#isSpace(end)) end += 1;
    return this.#closingAt(end - 1) === undefined ? end - this.#offset : end - 1 - this.#offset;
  }

  #checkBoundary(kind: TokenKind): void {
    const character = String.fromCodePoint(this.#text.codePointAt(this.#offset) ?? 0x20);
    if (kind === 'number') this.#checkNumberEnd(character);
    if (!NAMES.has(kind) || /[ \t\r\n.,|:()]/u.test(character)) return;
    if (this.#text.startsWith(this.#right, this.#offset)) return;
    this.#fail(`bad character ${JSON.stringify(character)}; expected a space or the closing delimiter`);
  }

  #checkNumberEnd(character: string): void {
    if (character === 'i') this.#fail('complex numbers are not supported');
    if (!/[\p{L}\p{Nd}_+-]/u.test(character)) return;
    this.#fail(`bad number syntax: unexpected ${JSON.stringify(character)}`);
  }

  #skipComment(inside: number): void {
    const end = this.#text.indexOf('*/', inside + 2);
    if (end < 0) this.#fail('unclosed comment; expected */');
    this.#offset = end + 2;
    if (this.#closing() === undefined) this.#fail('expected the closing delimiter right after the comment');
    this.#close(undefined);
  }

  /** Passes the closing delimiter and the text it trims. */
  #close(kind: TokenKind | undefined): void {
    const length = this.#closing() ?? 0;
    const trims = length > this.#right.length;
    if (kind === undefined) this.#offset += length;
    else this.push(kind, length);
    if (trims) while (this.#isSpace(this.#offset)) this.#offset += 1;
  }

  /** Length of the closing delimiter here, trim marker included; undefined if there is none. */
  #closing(): number | undefined {
    return this.#closingAt(this.#offset);
  }

  #closingAt(offset: number): number | undefined {
    const marked = this.#isSpace(offset) && this.#text[offset + 1] === '-';
    if (marked && this.#text.startsWith(this.#right, offset + 2)) return 2 + this.#right.length;
    return this.#text.startsWith(this.#right, offset) ? this.#right.length : undefined;
  }

  #trimmedEnd(end: number): number {
    let trimmed = end;
    while (trimmed > this.#offset && this.#isSpace(trimmed - 1)) trimmed -= 1;
    return trimmed;
  }

  #isSpace(offset: number): boolean {
    return offset < this.#text.length && SPACE.includes(this.#text.charAt(offset));
  }

  #unrecognised(): never {
    const character = String.fromCodePoint(this.#text.codePointAt(this.#offset) ?? 0);
    this.#fail(UNFINISHED[character] ?? `unexpected character ${JSON.stringify(character)} in an action`);
  }

  #fail(fact: string, offset = this.#offset): never {
    throw new TemplateSyntaxError(this.#text, offset, fact);
  }
}

function matchRule(text: string, offset: number): { kind: TokenKind; length: number } | undefined {
  const character = text.charAt(offset);
  for (const [kind, rule, begins] of RULES) {
    const length = begins.includes(character) ? lengthOf(rule, text, offset) : 0;
    if (length > 0) return { kind, length };
  }
  const length = wordLength(text, offset);
  return length > 0 ? { kind: 'word', length } : undefined;
}

function lengthOf(rule: Rule, text: string, offset: number): number {
  if (typeof rule === 'function') return rule(text, offset);
  rule.lastIndex = offset;
  return rule.test(text) ? rule.lastIndex - offset : 0;
}
