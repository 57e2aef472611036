import { functionProblem } from './functions.ts';
import type { Token } from './lex.ts';
import { parseLiteral } from './parse-literal.ts';
import type { Parsing } from './parsing.ts';
import { parseRegex } from './regex/parse.ts';
import { RegexSyntaxError } from './regex/tree.ts';
import type { Command, Operand, Pipeline } from './tree.ts';

/** Operands that cannot take the value of the command before them. */
const UNCALLABLE: ReadonlySet<Operand['kind']> = new Set(['boolean', 'dot', 'nil', 'number', 'string']);

/** Parses `$x := a | b c` up to and including the closing token. `context` names the place in messages. */
export function parsePipeline(
  parsing: Parsing,
  context: string,
  closing: 'right' | 'rightParen' = 'right',
): Pipeline {
  const { cursor } = parsing;
  const { offset } = cursor.peekSolid();
  const { variables, assigns } = parseVariables(parsing, context);
  const commands: Command[] = [];
  while (cursor.peekSolid().kind !== closing) commands.push(parseCommand(parsing, context));
  const end = cursor.next();
  if (commands.length === 0) throw cursor.error(end, `missing value for ${context}`);
  checkStages(parsing, commands);
  return { kind: 'pipeline', offset, variables, assigns, commands };
}

function parseVariables(parsing: Parsing, context: string): Pick<Pipeline, 'variables' | 'assigns'> {
  const { cursor, scope } = parsing;
  const variables: string[] = [];
  while (cursor.peekSolid().kind === 'variable') {
    const { kind } = cursor.peekSecond();
    if (kind !== 'assign' && kind !== 'declare' && kind !== 'comma') break;
    const { text } = cursor.nextSolid();
    const token = cursor.nextSolid();
    variables.push(text);
    scope.variables.declare(text);
    if (kind !== 'comma') return { variables, assigns: kind === 'assign' };
    if (context !== 'range' || variables.length > 1)
      throw cursor.error(token, `too many variables in ${context}`);
    if (cursor.peekSolid().kind !== 'variable') throw cursor.unexpected(cursor.peek(), 'a second variable');
  }
  return { variables, assigns: false };
}

function parseCommand(parsing: Parsing, context: string): Command {
  const { cursor } = parsing;
  const { offset } = cursor.peekSolid();
  const operands: Operand[] = [];
  for (;;) {
    const operand = parseOperand(parsing);
    if (operand !== undefined) operands.push(operand);
    const { kind } = cursor.peek();
    if (kind === 'right' || kind === 'rightParen') break;
    const token = cursor.next();
    if (kind === 'pipe') break;
    if (kind !== 'space') throw cursor.unexpected(token, `a value, | or the end of the ${context}`);
  }
  const [operand, ...args] = operands;
  if (operand === undefined) throw cursor.unexpected(cursor.peek(), `a value in the ${context}`);
  checkPattern(parsing, operand, args);
  return { offset, operand, args };
}

/** A pattern that is written out is checked here, so that a pod with a wrong one is not admitted. */
function checkPattern({ cursor }: Parsing, operand: Operand, [pattern]: readonly Operand[]): void {
  if (operand.kind !== 'function' || pattern?.kind !== 'string' || !TAKES_PATTERN.test(operand.name)) return;
  try {
    parseRegex(pattern.value);
  } catch (error) {
    if (!(error instanceof RegexSyntaxError)) throw error;
    const place = { kind: 'string', text: '', offset: pattern.offset } as const;
    throw cursor.error(place, `the regular expression is malformed: ${error.message}`);
  }
}

/** Of Sprig's, one takes what is no pattern for one that matches nothing. */
const TAKES_PATTERN =
  /^(?:regex(?:Match|ReplaceAll)|sprig_(?:mustR|r)egex(?:Find|Replace|Split)\w*|sprig_mustRegexMatch)$/u;

function checkStages({ cursor }: Parsing, [, ...later]: readonly Command[]): void {
  const bad = later.find(({ operand }) => UNCALLABLE.has(operand.kind));
  if (bad === undefined) return;
  const place = { kind: 'pipe', text: '|', offset: bad.offset } as const;
  throw cursor.error(place, 'a value cannot follow |; expected a function');
}

/** Operands that no field can be taken from. */
const PLAIN: ReadonlySet<Operand['kind']> = new Set(['boolean', 'string', 'number', 'nil', 'dot']);

/** A value and the fields taken from it: `.a.b`, `$x.a`, `(secret "p").Data`. Undefined if no operand begins here. */
function parseOperand(parsing: Parsing): Operand | undefined {
  const { cursor } = parsing;
  const term = parseTerm(parsing);
  if (term === undefined) return undefined;
  const path: string[] = [];
  const first = cursor.peek();
  while (cursor.peek().kind === 'field') path.push(cursor.next().text.slice(1));
  if (path.length === 0) return term;
  if (PLAIN.has(term.kind))
    throw cursor.error(first, `unexpected ${JSON.stringify(first.text)} after a plain value`);
  if (term.kind === 'field' || term.kind === 'variable') return { ...term, path: [...term.path, ...path] };
  return { kind: 'chain', offset: first.offset, base: term, path };
}

function parseTerm(parsing: Parsing): Operand | undefined {
  const { cursor } = parsing;
  const token = cursor.peekSolid();
  const { kind, text, offset } = token;
  switch (kind) {
    case 'word':
      return parseWord(parsing, token);
    case 'leftParen':
      cursor.next();
      return cursor.nested(() => parsePipeline(parsing, 'parenthesis', 'rightParen'));
    case 'variable':
      if (!parsing.scope.variables.has(text)) throw cursor.error(token, `undefined variable "${text}"`);
      cursor.next();
      return { kind, offset, name: text, path: [] };
    case 'dot':
      cursor.next();
      return { kind, offset };
    case 'field':
      cursor.next();
      return { kind, offset, path: [text.slice(1)] };
    default:
      return parseLiteral(parsing, token);
  }
}

function parseWord({ cursor, functions }: Parsing, token: Token): Operand | undefined {
  const { text, offset } = token;
  if (KEYWORDS.has(text)) return undefined;
  cursor.next();
  if (text === 'nil') return { kind: 'nil', offset };
  if (text === 'true' || text === 'false') return { kind: 'boolean', offset, value: text === 'true' };
  const problem = functionProblem(text);
  if (problem !== undefined) throw cursor.error(token, problem);
  functions.add(text);
  return { kind: 'function', offset, name: text };
}

/** Words that stand for no value. */
const KEYWORDS: ReadonlySet<string> = new Set([
  'block',
  'break',
  'continue',
  'define',
  'else',
  'end',
  'if',
  'range',
  'template',
  'with',
]);
