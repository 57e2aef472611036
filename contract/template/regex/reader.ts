import { RegexSyntaxError } from './tree.ts';

/** The characters of a pattern, read one after another. */
export class PatternReader {
  readonly #characters: readonly string[];
  #index = 0;

  constructor(pattern: string) {
    this.#characters = Array.from(pattern);
  }

  get atEnd(): boolean {
    return this.#index >= this.#characters.length;
  }

  peek(ahead = 0): string {
    return this.#characters[this.#index + ahead] ?? '';
  }

  next(): string {
    if (this.atEnd) throw new RegexSyntaxError('it ends too early');
    this.#index += 1;
    return this.#characters[this.#index - 1] ?? '';
  }

  /** Whether the text comes next; then it is passed. */
  take(text: string): boolean {
    const found = this.#characters.slice(this.#index, this.#index + text.length).join('') === text;
    if (found) this.#index += text.length;
    return found;
  }

  /** What comes next, if it fits; then it is passed. */
  takeMatch(pattern: RegExp): RegExpExecArray | undefined {
    const found = pattern.exec(this.#characters.slice(this.#index).join(''));
    if (found === null) return undefined;
    this.#index += Array.from(found[0]).length;
    return found;
  }

  /** The text up to an end, which is passed as well; undefined, and nothing passed, if there is no such end. */
  takeUntil(end: string): string | undefined {
    const rest = this.#characters.slice(this.#index).join('');
    const length = rest.indexOf(end);
    if (length < 0) return undefined;
    this.#index += Array.from(rest.slice(0, length + end.length)).length;
    return rest.slice(0, length);
  }
}
