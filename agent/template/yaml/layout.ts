import type { Cursor } from './cursor.ts';

/** Where a key without `?` may have begun: that it is one shows only at its colon. */
interface PossibleKey {
  readonly token: number;
  readonly offset: number;
  readonly line: number;
  readonly column: number;
  /** In a block map, what begins at its indentation has to be a key. */
  readonly isRequired: boolean;
}

/** A key without `?` ends on its line, and not later than this. */
const LONGEST_KEY = 1024;

/** Which blocks and flow collections are open, and where a key may have begun in each. */
export class Layout {
  readonly #cursor: Cursor;
  readonly #indents: number[] = [];
  #indent = -1;
  /** One for each flow collection that is open, and one for the blocks around them. */
  readonly #keys: (PossibleKey | undefined)[] = [undefined];
  /** Whether a key without `?` may begin at the next token. */
  mayBeginKey = true;

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
  }

  /** The column of the innermost block, -1 if there is none. */
  get indent(): number {
    return this.#indent;
  }

  get inFlow(): boolean {
    return this.#keys.length > 1;
  }

  /** True if what follows the token may show that a key began with it. */
  mayBeKey(token: number): boolean {
    const level = this.#keys.findIndex((key) => key?.token === token);
    return level >= 0 && this.#isPossible(level);
  }

  /** Notes that a key may begin here, with the token of this number. */
  saveKey(token: number): void {
    if (!this.mayBeginKey) return;
    this.dropKey();
    const { offset, line, column } = this.#cursor;
    const isRequired = !this.inFlow && this.#indent === column;
    this.#keys[this.#keys.length - 1] = { token, offset, line, column, isRequired };
  }

  /** What has begun is no key. Throws Fault if there has to be one. */
  dropKey(): void {
    if (this.#keys.at(-1)?.isRequired === true) throw missingColon(this.#cursor);
    this.#keys[this.#keys.length - 1] = undefined;
  }

  /** The key that ends here, if one does. */
  takeKey(): PossibleKey | undefined {
    const level = this.#keys.length - 1;
    const key = this.#isPossible(level) ? this.#keys[level] : undefined;
    if (key !== undefined) this.#keys[level] = undefined;
    return key;
  }

  /** Forgets a key whose line has ended. */
  #isPossible(level: number): boolean {
    const key = this.#keys[level];
    if (key === undefined) return false;
    const { line, offset } = this.#cursor;
    if (key.line === line && offset - key.offset <= LONGEST_KEY) return true;
    if (key.isRequired) throw missingColon(this.#cursor);
    this.#keys[level] = undefined;
    return false;
  }

  openFlow(): void {
    this.#keys.push(undefined);
  }

  closeFlow(): void {
    if (this.inFlow) this.#keys.pop();
  }

  /** True if a column is further to the right than the block around; then it is that of a new one. */
  opensBlock(column: number): boolean {
    if (this.inFlow || this.#indent >= column) return false;
    this.#indents.push(this.#indent);
    this.#indent = column;
    return true;
  }

  /** Leaves the innermost block if it begins further to the right. */
  closesBlock(column: number): boolean {
    if (this.inFlow || this.#indent <= column) return false;
    this.#indent = this.#indents.pop() ?? -1;
    return true;
  }
}

const missingColon = (cursor: Cursor): Error => cursor.fault('a colon is missing after a key');
