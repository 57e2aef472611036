import { decodeBytes } from './bytes.ts';

const SIMPLE: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  '\\': 92,
};

/** One escape of the Go specification ("Rune literals"), or a plain character. */
const UNIT =
  /\\(?:(?<octal>[0-7]{3})|x(?<hex>[0-9a-fA-F]{2})|u(?<short>[0-9a-fA-F]{4})|U(?<long>[0-9a-fA-F]{8})|(?<simple>[abfnrtv\\'"]))|(?<plain>[^\\\n])/uy;

/** The value of the interpreted string `"…"`, quotes included in the input; undefined if an escape is not Go's. */
export function unquote(quoted: string): string | undefined {
  const body = quoted.slice(1, -1);
  // As most are; else each character is a buffer of its own.
  if (/^[\t !#-[\]-~]*$/u.test(body)) return body;
  const units = readUnits(body, '"');
  return units === undefined ? undefined : decodeBytes(Buffer.concat(units.map(({ bytes }) => bytes)));
}

/** The code point of the character constant `'…'`; undefined unless it holds exactly one. */
export function unquoteCharacter(quoted: string): number | undefined {
  const units = readUnits(quoted.slice(1, -1), "'");
  return units?.length === 1 ? units[0]?.code : undefined;
}

/** A character, or a single byte that `\x` or an octal escape names. */
interface Unit {
  readonly code: number;
  readonly bytes: Buffer;
}

function readUnits(body: string, quote: string): readonly Unit[] | undefined {
  const units: Unit[] = [];
  UNIT.lastIndex = 0;
  while (UNIT.lastIndex < body.length) {
    const unit = readUnit(UNIT.exec(body)?.groups, quote);
    if (unit === undefined) return undefined;
    units.push(unit);
  }
  return units;
}

function readUnit(groups: Record<string, string | undefined> | undefined, quote: string): Unit | undefined {
  if (groups === undefined) return undefined;
  const { octal, hex, short, long, simple, plain } = groups;
  if (octal !== undefined) return byteUnit(Number.parseInt(octal, 8));
  if (hex !== undefined) return byteUnit(Number.parseInt(hex, 16));
  if (simple !== undefined) return simpleUnit(simple, quote);
  if (plain === quote) return undefined;
  return characterUnit(plain?.codePointAt(0) ?? Number.parseInt(short ?? long ?? '', 16));
}

function characterUnit(code: number): Unit | undefined {
  const isCharacter = code <= 0x10_ffff && !(code >= 0xd800 && code <= 0xdfff);
  return isCharacter ? { code, bytes: Buffer.from(String.fromCodePoint(code)) } : undefined;
}

function byteUnit(code: number): Unit | undefined {
  return code <= 0xff ? { code, bytes: Buffer.of(code) } : undefined;
}

/** Only the quote in use may be escaped. */
function simpleUnit(letter: string, quote: string): Unit | undefined {
  const code = letter === quote ? quote.charCodeAt(0) : SIMPLE[letter];
  return code === undefined ? undefined : byteUnit(code);
}
