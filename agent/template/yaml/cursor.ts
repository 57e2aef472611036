import { Fault } from '../error.ts';

/** A line break of YAML 1.1. */
const BREAK = /\r\n|[\n\r\u0085\u2028\u2029]/uy;

/** All that a document may be written in. */
const FOREIGN = /[^\t\n\r -~\u0085\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** A place in a text of YAML. Columns are counted in characters. Beyond the end there is an empty character. */
export class Cursor {
  readonly #text: string;
  #offset = 0;
  #line = 0;
  #column = 0;

  /** Throws Fault if the text holds what no document may. */
  constructor(text: string) {
    this.#text = text.startsWith('\ufeff') ? text.slice(1) : text;
    if (FOREIGN.test(this.#text)) throw new Fault('the text is not YAML: a control character is not allowed');
  }

  get offset(): number {
    return this.#offset;
  }

  get line(): number {
    return this.#line;
  }

  get column(): number {
    return this.#column;
  }

  get atEnd(): boolean {
    return this.#offset >= this.#text.length;
  }

  /** The UTF-16 unit some way ahead. */
  at(ahead = 0): string {
    return this.#text.charAt(this.#offset + ahead);
  }

  startsWith(part: string): boolean {
    return this.#text.startsWith(part, this.#offset);
  }

  isBlank(ahead = 0): boolean {
    const character = this.at(ahead);
    return character === ' ' || character === '\t';
  }

  isBreak(ahead = 0): boolean {
    return /^[\n\r\u0085\u2028\u2029]$/u.test(this.at(ahead));
  }

  isBreakOrEnd(ahead = 0): boolean {
    return this.at(ahead) === '' || this.isBreak(ahead);
  }

  isBlankOrEnd(ahead = 0): boolean {
    return this.isBlank(ahead) || this.isBreakOrEnd(ahead);
  }

  /** True where a line begins with the mark of the beginning or the end of a document. */
  get atDocumentMark(): boolean {
    return this.#column === 0 && (this.startsWith('---') || this.startsWith('...')) && this.isBlankOrEnd(3);
  }

  /** What a sticky pattern without line breaks finds here; the place is moved behind it. */
  take(pattern: RegExp): string {
    pattern.lastIndex = this.#offset;
    const [found = ''] = pattern.exec(this.#text) ?? [];
    this.skip(found.length);
    return found;
  }

  /** Moves on within a line. */
  skip(units = 1): void {
    const passed = this.#text.slice(this.#offset, this.#offset + units);
    this.#offset += units;
    this.#column +=
      passed.isWellFormed() && !/[\ud800-\udbff]/u.test(passed) ? passed.length : Array.from(passed).length;
  }

  /** Passes a line break and says what it stands for: separators of lines and paragraphs stay as they are. */
  takeBreak(): string {
    BREAK.lastIndex = this.#offset;
    const [found = ''] = BREAK.exec(this.#text) ?? [];
    this.#offset += found.length;
    this.#line += 1;
    this.#column = 0;
    return found === '\u2028' || found === '\u2029' ? found : '\n';
  }

  /** The end of the text ends its last line, too. */
  endLine(): void {
    if (this.#column === 0) return;
    this.#line += 1;
    this.#column = 0;
  }

  /** Passes blanks and a comment; false if something else comes before the line ends. */
  skipToLineEnd(): boolean {
    this.take(/[ \t]*/uy);
    if (this.at() === '#') this.skipComment();
    return this.isBreakOrEnd();
  }

  skipComment(): void {
    this.take(/[^\n\r\u0085\u2028\u2029]*/uy);
  }

  /** The error to throw here. */
  fault(problem: string): Fault {
    return new Fault(`the text is not YAML: line ${this.#line + 1}: ${problem}`);
  }
}
