import type { Cursor } from './cursor.ts';

/** Line breaks between two parts of a scalar: a single one is a space, of more the first is none. */
function folded(breaks: readonly string[]): string {
  const [first = '', ...others] = breaks;
  if (first !== '\n') return breaks.join('');
  return others.length === 0 ? ' ' : others.join('');
}

/** What lies between two words: blanks, or line breaks with blanks around them. */
interface Gap {
  readonly blanks: string;
  readonly breaks: readonly string[];
}

/** @param indent Further lines must not have a tab before this column. */
function takeGap(cursor: Cursor, indent: number): Gap {
  const breaks: string[] = [];
  const blanks: string[] = [];
  while (cursor.isBlank() || cursor.isBreak()) {
    if (cursor.isBreak()) breaks.push(cursor.takeBreak());
    else if (breaks.length === 0) blanks.push(cursor.take(/[ \t]/uy));
    else if (cursor.at() === '\t' && cursor.column < indent)
      throw cursor.fault('a tab stands where spaces are expected');
    else cursor.skip();
  }
  return { blanks: blanks.join(''), breaks };
}

const gapText = ({ blanks, breaks }: Gap): string => (breaks.length > 0 ? folded(breaks) : blanks);

export interface PlainScalar {
  readonly value: string;
  /** Whether line breaks follow, after which a key may begin. */
  readonly endsLine: boolean;
}

/** In a flow collection, `,?[]{}` end a plain scalar, too. */
const PLAIN = /(?:[^ \t\n\r\u0085\u2028\u2029:]|:(?![ \t\n\r\u0085\u2028\u2029]|$))+/uy;
const PLAIN_IN_FLOW = /(?:[^ \t\n\r\u0085\u2028\u2029:,?[\]{}]|:(?![ \t\n\r\u0085\u2028\u2029]|$))+/uy;

/** A scalar without quotes, over as many lines as are indented more than the collection around it. */
export function scanPlain(cursor: Cursor, inFlow: boolean, indent: number): PlainScalar {
  let value = cursor.take(inFlow ? PLAIN_IN_FLOW : PLAIN);
  for (;;) {
    const gap = takeGap(cursor, indent);
    const isOver = cursor.atDocumentMark || cursor.at() === '#' || (!inFlow && cursor.column < indent);
    const more = isOver ? '' : cursor.take(inFlow ? PLAIN_IN_FLOW : PLAIN);
    if (more === '') return { value, endsLine: gap.breaks.length > 0 };
    value += gapText(gap) + more;
  }
}

/** A scalar in single quotes. */
export function scanSingleQuoted(cursor: Cursor): string {
  cursor.skip();
  let value = '';
  for (;;) {
    checkInside(cursor);
    value += cursor.take(/(?:''|[^' \t\n\r\u0085\u2028\u2029])*/uy).replaceAll("''", "'");
    if (cursor.at() === "'") break;
    value += gapText(takeGap(cursor, 0));
  }
  cursor.skip();
  return value;
}

/** A scalar in double quotes. */
export function scanDoubleQuoted(cursor: Cursor): string {
  cursor.skip();
  let value = '';
  for (;;) {
    checkInside(cursor);
    value += cursor.take(/[^"\\ \t\n\r\u0085\u2028\u2029]*/uy);
    if (cursor.at() === '"') break;
    value += cursor.at() === '\\' ? scanEscape(cursor) : gapText(takeGap(cursor, 0));
  }
  cursor.skip();
  return value;
}

function checkInside(cursor: Cursor): void {
  if (cursor.atDocumentMark) throw cursor.fault('a document mark stands inside quotes');
  if (cursor.atEnd) throw cursor.fault('a quote is not closed');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\u0007',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\u001b',
  ' ': ' ',
  '"': '"',
  "'": "'",
  '\\': '\\',
  N: '\u0085',
  _: '\u00a0',
  L: '\u2028',
  P: '\u2029',
};

const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

function scanEscape(cursor: Cursor): string {
  if (cursor.isBreak(1)) return scanEscapedBreak(cursor);
  const letter = cursor.at(1);
  const digits = Object.hasOwn(HEX_DIGITS, letter) ? HEX_DIGITS[letter] : undefined;
  if (digits === undefined) {
    const character = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
    if (character === undefined) throw cursor.fault('an escape is not known');
    cursor.skip(2);
    return character;
  }
  cursor.skip(2);
  const hex = cursor.take(new RegExp(`[\\da-fA-F]{${digits}}`, 'uy'));
  const code = Number.parseInt(hex, 16);
  const isCharacter = hex !== '' && code <= 0x10_ffff && !(code >= 0xd800 && code <= 0xdfff);
  if (!isCharacter) throw cursor.fault('an escape names no character');
  return String.fromCodePoint(code);
}

/** A break that is escaped is none, and neither are the blanks behind it; further ones count as they stand. */
function scanEscapedBreak(cursor: Cursor): string {
  cursor.skip();
  cursor.takeBreak();
  return takeGap(cursor, 0).breaks.join('');
}

/** A scalar below `|` or `>`. `parentIndent` is that of the collection around it, -1 if there is none. */
export function scanBlock(cursor: Cursor, parentIndent: number): string {
  const isLiteral = cursor.at() === '|';
  cursor.skip();
  const { chomping, increment } = takeHeader(cursor);
  if (!cursor.skipToLineEnd()) throw cursor.fault('the line of a block scalar goes on');
  if (cursor.isBreak()) cursor.takeBreak();
  const given = increment === undefined ? undefined : Math.max(parentIndent, 0) + increment;
  const start = takeMargin(cursor, given, parentIndent);
  return readBlock(cursor, { isLiteral, chomping, indent: start.indent, breaks: start.breaks });
}

interface Header {
  readonly chomping: string;
  readonly increment: number | undefined;
}

function takeHeader(cursor: Cursor): Header {
  const header = cursor.take(/[+-]\d?|\d[+-]?/uy);
  const digit = header.replace(/[+-]/u, '');
  if (digit === '0') throw cursor.fault('a block scalar is indented by 0');
  return { chomping: header.replace(/\d/u, ''), increment: digit === '' ? undefined : Number(digit) };
}

interface Block {
  readonly isLiteral: boolean;
  readonly chomping: string;
  readonly indent: number;
  /** Before the first line. */
  readonly breaks: readonly string[];
}

function readBlock(cursor: Cursor, { isLiteral, chomping, indent, breaks }: Block): string {
  let value = '';
  let ending = '';
  let between = breaks;
  let afterBlank = false;
  while (cursor.column === indent && !cursor.atEnd) {
    const isBlank = cursor.isBlank();
    const folds = !isLiteral && !afterBlank && !isBlank && ending === '\n';
    value += folds ? spaceFor(between) : ending;
    value += between.join('') + cursor.take(/[^\n\r\u0085\u2028\u2029]*/uy);
    afterBlank = isBlank;
    ending = cursor.isBreak() ? cursor.takeBreak() : '';
    between = takeMargin(cursor, indent, indent).breaks;
  }
  return value + (chomping === '-' ? '' : ending) + (chomping === '+' ? between.join('') : '');
}

/** A single line break is a space. */
const spaceFor = (between: readonly string[]): string => (between.length === 0 ? ' ' : '');

/** Passes blank lines and the margin of the next; where no indent is given, finds it. */
function takeMargin(
  cursor: Cursor,
  given: number | undefined,
  parentIndent: number,
): { indent: number; breaks: readonly string[] } {
  const breaks: string[] = [];
  const isMargin = (): boolean => given === undefined || cursor.column < given;
  let deepest = 0;
  for (;;) {
    while (cursor.at() === ' ' && isMargin()) cursor.skip();
    deepest = Math.max(deepest, cursor.column);
    if (cursor.at() === '\t' && isMargin()) throw cursor.fault('a tab stands where spaces are expected');
    if (!cursor.isBreak()) break;
    breaks.push(cursor.takeBreak());
  }
  return { indent: given ?? Math.max(deepest, parentIndent + 1, 1), breaks };
}
