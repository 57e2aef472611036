import { TemplateSyntaxError } from './error.ts';
import type { Token, TokenKind } from './lex.ts';

/** How deep parentheses and blocks may nest: far beyond use, and safe for the stack of whoever walks the tree. */
const MAX_DEPTH = 100;

/** A place among tokens. Spaces count only where somebody asks for the very next token. */
export class Cursor {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #index = 0;
  #depth = 0;

  constructor(text: string, tokens: readonly Token[]) {
    this.#text = text;
    this.#tokens = tokens;
  }

  /** The very next token. */
  peek(): Token {
    return this.#tokens[this.#index] ?? { kind: 'end', text: '', offset: this.#text.length };
  }

  next(): Token {
    const token = this.peek();
    this.#index += 1;
    return token;
  }

  /** The next token other than a space. */
  peekSolid(): Token {
    while (this.peek().kind === 'space') this.#index += 1;
    return this.peek();
  }

  nextSolid(): Token {
    this.peekSolid();
    return this.next();
  }

  /** The token other than a space that follows the next one. */
  peekSecond(): Token {
    const start = this.#index;
    this.nextSolid();
    const token = this.peekSolid();
    this.#index = start;
    return token;
  }

  /** True, and passed, if the next token is this word. */
  takeWord(word: string): boolean {
    const token = this.peekSolid();
    const taken = token.kind === 'word' && token.text === word;
    if (taken) this.#index += 1;
    return taken;
  }

  expect(kind: TokenKind, what: string): Token {
    const token = this.nextSolid();
    if (token.kind !== kind) throw this.unexpected(token, what);
    return token;
  }

  /** Runs `parse` one level deeper. */
  nested<T>(parse: () => T): T {
    if (this.#depth >= MAX_DEPTH) throw this.error(this.peek(), `nested more than ${MAX_DEPTH} levels deep`);
    this.#depth += 1;
    const result = parse();
    this.#depth -= 1;
    return result;
  }

  /** The error to throw at a token that does not belong where it stands. */
  unexpected(token: Token, expected: string): TemplateSyntaxError {
    return this.error(token, `unexpected ${describe(token)}; expected ${expected}`);
  }

  /** The error to throw at a token. */
  error(token: Token, fact: string): TemplateSyntaxError {
    return new TemplateSyntaxError(this.#text, token.offset, fact);
  }
}

function describe(token: Token): string {
  if (token.kind === 'end') return 'end of the template';
  return token.kind === 'right' ? 'end of the action' : JSON.stringify(token.text);
}
