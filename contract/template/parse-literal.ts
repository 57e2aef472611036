import type { Token } from './lex.ts';
import { readNumber } from './number.ts';
import type { Parsing } from './parsing.ts';
import { unquote, unquoteCharacter } from './quote.ts';
import type { Operand } from './tree.ts';

/** A string, number or character constant. Undefined, and nothing read, if the next token is none. */
export function parseLiteral(parsing: Parsing, token: Token): Operand | undefined {
  const { cursor } = parsing;
  const { kind, text, offset } = token;
  if (kind === 'string' || kind === 'rawString')
    return { kind: 'string', offset, value: parseString(parsing) };
  if (kind !== 'number' && kind !== 'character') return undefined;
  cursor.next();
  if (kind === 'number') {
    const value = readNumber(text);
    if (typeof value === 'string') throw cursor.error(token, value);
    return { kind, offset, value };
  }
  const code = unquoteCharacter(text);
  if (code === undefined) throw cursor.error(token, `malformed character constant ${text}`);
  return { kind: 'number', offset, value: { integer: BigInt(code), float: code, isFloat: false } };
}

/** The value of the string literal that comes next. */
export function parseString({ cursor }: Parsing): string {
  const token = cursor.nextSolid();
  if (token.kind === 'rawString') return token.text.slice(1, -1).replaceAll('\r', '');
  if (token.kind !== 'string') throw cursor.unexpected(token, 'a quoted string');
  const value = unquote(token.text);
  if (value === undefined) throw cursor.error(token, 'invalid escape in the string');
  return value;
}
