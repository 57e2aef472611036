import { literalSet, parseClass, parseEscape, parseNamedClass } from './class.ts';
import { PatternReader } from './reader.ts';
import { type Assertion, MAX_REPEAT, type ParsedRegex, type Regex, RegexSyntaxError } from './tree.ts';

/** Nested deeper, RE2 refuses a pattern too. */
const MAX_DEPTH = 1000;

interface Flags {
  readonly i: boolean;
  readonly m: boolean;
  readonly s: boolean;
  readonly U: boolean;
}

interface Parsing {
  readonly reader: PatternReader;
  readonly names: (string | undefined)[];
  flags: Flags;
  depth: number;
}

/**
 * Parses a pattern as Go's `regexp` does.
 *
 * @throws {RegexSyntaxError} If it is none of RE2's: backreferences, look-around and possessive repetitions are not.
 */
export function parseRegex(pattern: string): ParsedRegex {
  if (!pattern.isWellFormed()) throw new RegexSyntaxError('it is not valid UTF-8');
  const flags = { i: false, m: false, s: false, U: false };
  const parsing: Parsing = { reader: new PatternReader(pattern), names: [], flags, depth: 0 };
  const tree = parseChoice(parsing);
  if (!parsing.reader.atEnd) throw new RegexSyntaxError('a ) is too many');
  if (repeats(tree) > MAX_REPEAT) throw new RegexSyntaxError('it repeats too often');
  return { tree, names: parsing.names };
}

function parseChoice(parsing: Parsing): Regex {
  const branches = [parseSequence(parsing)];
  while (parsing.reader.take('|')) branches.push(parseSequence(parsing));
  const [only] = branches;
  return branches.length === 1 && only !== undefined ? only : { kind: 'choice', branches };
}

function parseSequence(parsing: Parsing): Regex {
  const { reader } = parsing;
  const parts: Regex[] = [];
  while (!reader.atEnd && reader.peek() !== '|' && reader.peek() !== ')') {
    if (reader.take('\\Q')) parts.push(...quoted(parsing));
    else parts.push(...parseRepeated(parsing));
  }
  return { kind: 'sequence', parts };
}

/** Between `\Q` and `\E`, or the end, nothing is special; a repetition after it is of the last character. */
function quoted(parsing: Parsing): readonly Regex[] {
  const { reader } = parsing;
  const characters: Regex[] = [];
  while (!reader.atEnd && !reader.take('\\E')) characters.push(literal(parsing, reader.next()));
  const last = characters.pop();
  return last === undefined ? characters : [...characters, repetition(parsing, last)];
}

function parseRepeated(parsing: Parsing): readonly Regex[] {
  const atom = parseAtom(parsing);
  return atom === undefined ? [] : [repetition(parsing, atom)];
}

/** One repetition at most: RE2 refuses `a**`. */
function repetition(parsing: Parsing, body: Regex): Regex {
  const { reader, flags } = parsing;
  const bounds = takeBounds(reader);
  if (bounds === undefined) return body;
  const [least, most] = bounds;
  const greedy = reader.take('?') === flags.U;
  if (takeBounds(reader) !== undefined) throw new RegexSyntaxError('a repetition is repeated');
  return { kind: 'repetition', body, least, most, greedy };
}

function takeBounds(reader: PatternReader): readonly [number, number] | undefined {
  if (reader.take('*')) return [0, Infinity];
  if (reader.take('+')) return [1, Infinity];
  if (reader.take('?')) return [0, 1];
  const groups = reader.takeMatch(/^\{(?<least>0|[1-9]\d*)(?<comma>,(?<most>0|[1-9]\d*)?)?\}/u)?.groups;
  if (groups === undefined) return undefined;
  const least = Number(groups['least']);
  const most = groups['comma'] === undefined ? least : Number(groups['most'] ?? Infinity);
  return checkedBounds(least, most);
}

function checkedBounds(least: number, most: number): readonly [number, number] {
  if (Math.max(least, most === Infinity ? 0 : most) > MAX_REPEAT || least > most)
    throw new RegexSyntaxError(`the bounds of a repetition are wrong; ${MAX_REPEAT} is the most`);
  return [least, most];
}

/** What a repetition may follow; nothing if only flags were set. */
function parseAtom(parsing: Parsing): Regex | undefined {
  const { reader, flags } = parsing;
  if (takeBounds(reader) !== undefined) throw new RegexSyntaxError('there is nothing to repeat');
  if (reader.peek() === '\\') return parseBackslash(parsing);
  const character = reader.next();
  if (character === '(') return parseGroup(parsing);
  if (character === '^' || character === '$') return anchor(character, flags);
  if (character === '.') return { kind: 'character', set: flags.s ? '[^]' : '[^\\n]', folds: false };
  if (character === '[') return { kind: 'character', set: parseClass(reader), folds: flags.i };
  return literal(parsing, character);
}

const assertion = (kind: Assertion): Regex => ({ kind: 'assertion', assertion: kind });

const anchor = (character: '^' | '$', { m }: Flags): Regex =>
  character === '^' ? assertion(m ? 'line start' : 'text start') : assertion(m ? 'line end' : 'text end');

const literal = ({ flags }: Parsing, character: string): Regex => ({
  kind: 'character',
  set: literalSet(character),
  folds: flags.i,
});

const EDGES: readonly (readonly [string, Assertion])[] = [
  ['\\A', 'text start'],
  ['\\z', 'text end'],
  ['\\b', 'word edge'],
  ['\\B', 'no word edge'],
];

function parseBackslash(parsing: Parsing): Regex {
  const { reader } = parsing;
  const edge = EDGES.find(([text]) => reader.take(text));
  if (edge !== undefined) return assertion(edge[1]);
  const set = parseNamedClass(reader);
  if (set !== undefined) return { kind: 'character', set, folds: parsing.flags.i };
  reader.next();
  return literal(parsing, String.fromCodePoint(parseEscape(reader)));
}

function parseGroup(parsing: Parsing): Regex | undefined {
  const { reader, flags } = parsing;
  const name = reader.takeMatch(/^\?P?<(?<name>\w+)>/u)?.groups?.['name'];
  if (name === undefined && reader.take('?')) return parseFlags(parsing);
  parsing.names.push(name);
  const index = parsing.names.length;
  return { kind: 'group', index, body: parseBody(parsing, flags) };
}

/** What a group holds, up to its `)`; flags that are set in it end with it. */
function parseBody(parsing: Parsing, outer: Flags): Regex {
  parsing.depth += 1;
  if (parsing.depth > MAX_DEPTH) throw new RegexSyntaxError('its groups are nested too deeply');
  const body = parseChoice(parsing);
  if (!parsing.reader.take(')')) throw new RegexSyntaxError('a ( is not closed');
  parsing.depth -= 1;
  parsing.flags = outer;
  return body;
}

/** `(?i)` for the rest of the group, `(?i-s:…)` for a group of its own. */
function parseFlags(parsing: Parsing): Regex | undefined {
  const { reader, flags } = parsing;
  const groups = reader.takeMatch(/^(?<on>[imsU]*)(?:-(?<off>[imsU]+))?(?<end>[:)])/u)?.groups;
  if (groups === undefined) throw new RegexSyntaxError('a (? is followed by neither flags nor a name');
  const { on = '', off = '', end } = groups;
  const has = (flag: keyof Flags): boolean => !off.includes(flag) && (on.includes(flag) || flags[flag]);
  parsing.flags = { i: has('i'), m: has('m'), s: has('s'), U: has('U') };
  return end === ')' ? undefined : parseBody(parsing, flags);
}

/** How often the most repeated part may be copied. */
function repeats(tree: Regex): number {
  if (tree.kind === 'repetition') {
    return Math.max(tree.most === Infinity ? tree.least : tree.most, 1) * repeats(tree.body);
  }
  if (tree.kind === 'group') return repeats(tree.body);
  if (tree.kind !== 'sequence' && tree.kind !== 'choice') return 1;
  const parts = tree.kind === 'sequence' ? tree.parts : tree.branches;
  return parts.reduce((most, part) => Math.max(most, repeats(part)), 1);
}
