import { Cursor } from './cursor.ts';
import { Layout } from './layout.ts';
import { type Directive, scanAnchor, scanDirective, scanTag, type Tag } from './names.ts';
import { scanBlock, scanDoubleQuoted, scanPlain, scanSingleQuoted } from './scalars.ts';

export type Token =
  | { readonly kind: Mark }
  | { readonly kind: 'alias' | 'anchor'; readonly name: string }
  | { readonly kind: 'tag'; readonly tag: Tag }
  | { readonly kind: 'directive'; readonly directive: Directive }
  | { readonly kind: 'scalar'; readonly value: string; readonly isPlain: boolean };

export type Mark =
  | 'end'
  | 'document'
  | 'document end'
  | 'block list'
  | 'block map'
  | 'block end'
  | 'entry'
  | 'key'
  | 'value'
  | '['
  | ']'
  | '{'
  | '}'
  | ',';

/** The tokens of YAML 1.1, as far as they are asked for: what is wrong behind a document is not looked at. */
export class Scanner {
  readonly #cursor: Cursor;
  readonly #layout: Layout;
  readonly #queue: Token[] = [];
  #taken = 0;

  constructor(text: string) {
    this.#cursor = new Cursor(text);
    this.#layout = new Layout(this.#cursor);
  }

  peek(): Token {
    while (this.#queue.length === 0 || this.#layout.mayBeKey(this.#taken)) this.#advance();
    return this.#queue[0] ?? { kind: 'end' };
  }

  next(): Token {
    const token = this.peek();
    this.#queue.shift();
    this.#taken += 1;
    return token;
  }

  /** Passes the next token if it is such a mark. */
  takes(kind: Mark): boolean {
    const isNext = this.peek().kind === kind;
    if (isNext) this.next();
    return isNext;
  }

  fault(problem: string): Error {
    return this.#cursor.fault(problem);
  }

  #advance(): void {
    const cursor = this.#cursor;
    this.#skipToToken();
    this.#closeBlocks(cursor.column);
    if (cursor.atEnd) this.#fetchEnd();
    else if (cursor.column === 0 && cursor.at() === '%')
      this.#fetchBetweenDocuments(() => ({ kind: 'directive', directive: scanDirective(cursor) }));
    else if (cursor.atDocumentMark) this.#fetchBetweenDocuments(() => this.#takeDocumentMark());
    else this.#fetchInside(cursor.at());
  }

  #skipToToken(): void {
    const [cursor, layout] = [this.#cursor, this.#layout];
    for (;;) {
      if (cursor.column === 0 && cursor.at() === '\ufeff') cursor.skip();
      cursor.take(layout.inFlow || !layout.mayBeginKey ? /[ \t]*/uy : / */uy);
      if (cursor.at() === '#') cursor.skipComment();
      if (!cursor.isBreak()) return;
      cursor.takeBreak();
      if (!layout.inFlow) layout.mayBeginKey = true;
    }
  }

  /** A token before which all that is open ends. */
  #fetchBetweenDocuments(scan: () => Token): void {
    this.#closeBlocks(-1);
    this.#layout.dropKey();
    this.#layout.mayBeginKey = false;
    this.#queue.push(scan());
  }

  #fetchEnd(): void {
    this.#cursor.endLine();
    this.#fetchBetweenDocuments(() => ({ kind: 'end' }));
  }

  #takeDocumentMark(): Token {
    const kind = this.#cursor.at() === '-' ? 'document' : 'document end';
    this.#cursor.skip(3);
    return { kind };
  }

  #fetchInside(character: string): void {
    switch (character) {
      case '[':
      case '{':
        return this.#fetchOpening(character);
      case ']':
      case '}':
        return this.#fetchClosing(character);
      case ',':
        return this.#fetchMark(',', true);
      default:
        return this.#isIndicator(character) ? this.#fetchIndicator(character) : this.#fetchContent(character);
    }
  }

  #fetchIndicator(character: string): void {
    if (character === '-') this.#fetchEntry();
    else if (character === '?') this.#fetchKey();
    else this.#fetchValue();
  }

  /** Outside of flow collections, `-`, `?` and `:` are indicators only before a blank; `-` inside, too. */
  #isIndicator(character: string): boolean {
    if (!'-?:'.includes(character)) return false;
    return (character !== '-' && this.#layout.inFlow) || this.#cursor.isBlankOrEnd(1);
  }

  #fetchContent(character: string): void {
    const [cursor, layout] = [this.#cursor, this.#layout];
    if ((character === '|' || character === '>') && !layout.inFlow) {
      layout.dropKey();
      layout.mayBeginKey = true;
      this.#queue.push({ kind: 'scalar', value: scanBlock(cursor, layout.indent), isPlain: false });
      return;
    }
    if (!this.#beginsContent(character)) throw this.fault('a character cannot begin anything');
    layout.saveKey(this.#taken + this.#queue.length);
    layout.mayBeginKey = false;
    this.#queue.push(this.#scanContent(character));
  }

  #beginsContent(character: string): boolean {
    if (`*&!'"`.includes(character)) return true;
    if (character === '-') return !this.#cursor.isBlank(1);
    if ('?:'.includes(character)) return !this.#layout.inFlow && !this.#cursor.isBlankOrEnd(1);
    return !'\t,[]{}#|>%@`'.includes(character);
  }

  #scanContent(character: string): Token {
    const cursor = this.#cursor;
    switch (character) {
      case '*':
        return { kind: 'alias', name: scanAnchor(cursor) };
      case '&':
        return { kind: 'anchor', name: scanAnchor(cursor) };
      case '!':
        return { kind: 'tag', tag: scanTag(cursor) };
      case "'":
        return { kind: 'scalar', value: scanSingleQuoted(cursor), isPlain: false };
      case '"':
        return { kind: 'scalar', value: scanDoubleQuoted(cursor), isPlain: false };
      default:
        return this.#scanPlain();
    }
  }

  #scanPlain(): Token {
    const layout = this.#layout;
    const { value, endsLine } = scanPlain(this.#cursor, layout.inFlow, layout.indent + 1);
    if (endsLine) layout.mayBeginKey = true;
    return { kind: 'scalar', value, isPlain: true };
  }

  #fetchOpening(kind: '[' | '{'): void {
    this.#layout.saveKey(this.#taken + this.#queue.length);
    this.#layout.openFlow();
    this.#layout.mayBeginKey = true;
    this.#pushMark(kind);
  }

  #fetchClosing(kind: ']' | '}'): void {
    this.#layout.dropKey();
    this.#layout.closeFlow();
    this.#layout.mayBeginKey = false;
    this.#pushMark(kind);
  }

  #fetchMark(kind: Mark, mayBeginKey: boolean): void {
    this.#layout.dropKey();
    this.#layout.mayBeginKey = mayBeginKey;
    this.#pushMark(kind);
  }

  #fetchEntry(): void {
    this.#openBlock('block list', 'a list');
    this.#fetchMark('entry', true);
  }

  #fetchKey(): void {
    this.#openBlock('block map', 'a key');
    this.#fetchMark('key', !this.#layout.inFlow);
  }

  #fetchValue(): void {
    const layout = this.#layout;
    const key = layout.takeKey();
    if (key === undefined) {
      this.#openBlock('block map', 'a value');
      layout.mayBeginKey = !layout.inFlow;
    } else {
      const place = key.token - this.#taken;
      this.#queue.splice(place, 0, { kind: 'key' });
      if (layout.opensBlock(key.column)) this.#queue.splice(place, 0, { kind: 'block map' });
      layout.mayBeginKey = false;
    }
    this.#pushMark('value');
  }

  #pushMark(kind: Mark): void {
    this.#cursor.skip();
    this.#queue.push({ kind });
  }

  /** A list or map that begins at a column of its own. */
  #openBlock(kind: 'block list' | 'block map', what: string): void {
    const layout = this.#layout;
    if (layout.inFlow) return;
    if (!layout.mayBeginKey) throw this.fault(`${what} cannot begin here`);
    if (layout.opensBlock(this.#cursor.column)) this.#queue.push({ kind });
  }

  #closeBlocks(column: number): void {
    while (this.#layout.closesBlock(column)) this.#queue.push({ kind: 'block end' });
  }
}
