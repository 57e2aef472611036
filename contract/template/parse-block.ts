import { parsePipeline } from './parse-pipeline.ts';
import { parseString } from './parse-literal.ts';
import { newScope, type Parsing } from './parsing.ts';
import type { Token } from './lex.ts';
import type { Node, Pipeline } from './tree.ts';

/** Nodes up to the action that ends their block. */
interface Block {
  readonly nodes: readonly Node[];
  readonly end: Ending;
}

/** `{{end}}`, `{{else}}`, or an `{{else if …}}` whose `if` (or `with`) is still to be read. */
interface Ending {
  readonly kind: 'end' | 'else';
  readonly chained: 'if' | 'with' | undefined;
  readonly token: Token;
}

/** One node, or the end of the block it stood in. */
export function parseNode(parsing: Parsing): Node | Ending {
  const { cursor } = parsing;
  const token = cursor.nextSolid();
  const { text, offset } = token;
  if (token.kind === 'text') return { kind: 'text', offset, text };
  if (token.kind !== 'left') throw cursor.unexpected(token, 'text or an action');
  return cursor.nested(() => parseAction(parsing));
}

export const isEnding = (node: Node | Ending): node is Ending => node.kind === 'end' || node.kind === 'else';

/** The nodes of a block whose opening action has been read, up to `{{end}}` or `{{else}}`. */
function parseBlock(parsing: Parsing): Block {
  const { cursor } = parsing;
  const nodes: Node[] = [];
  while (cursor.peekSolid().kind !== 'end') {
    const node = parseNode(parsing);
    if (isEnding(node)) return { nodes, end: node };
    nodes.push(node);
  }
  throw cursor.unexpected(cursor.peek(), '{{end}}');
}

function parseAction(parsing: Parsing): Node | Ending {
  const { cursor } = parsing;
  const token = cursor.peekSolid();
  const { offset } = token;
  const keyword = token.kind === 'word' ? token.text : '';
  if (keyword === 'end' || keyword === 'else') return parseEnding(parsing, keyword);
  if (keyword === 'break' || keyword === 'continue') return parseJump(parsing, keyword);
  if (cursor.takeWord('template')) return parseTemplateCall(parsing, offset);
  if (cursor.takeWord('block')) return parseNamedBlock(parsing, offset);
  for (const kind of ['if', 'with', 'range'] as const) {
    if (cursor.takeWord(kind)) return parseBranching(parsing, kind, offset);
  }
  return { kind: 'action', offset, pipeline: parsePipeline(parsing, 'action') };
}

function parseEnding({ cursor }: Parsing, kind: 'end' | 'else'): Ending {
  const token = cursor.nextSolid();
  for (const chained of kind === 'else' ? (['if', 'with'] as const) : []) {
    if (cursor.takeWord(chained)) return { kind, chained, token };
  }
  cursor.expect('right', `the end of {{${kind}}}`);
  return { kind, chained: undefined, token };
}

function parseJump({ cursor, scope }: Parsing, kind: 'break' | 'continue'): Node {
  const token = cursor.nextSolid();
  cursor.expect('right', `the end of {{${kind}}}`);
  if (scope.ranges === 0) throw cursor.error(token, `{{${kind}}} outside {{range}}`);
  return { kind, offset: token.offset };
}

function parseBranching(parsing: Parsing, kind: 'if' | 'with' | 'range', offset: number): Node {
  const { scope } = parsing;
  return scope.variables.block(() => {
    const pipeline = parsePipeline(parsing, kind);
    if (kind === 'range') scope.ranges += 1;
    const body = parseBlock(parsing);
    if (kind === 'range') scope.ranges -= 1;
    const otherwise = body.end.kind === 'else' ? parseElse(parsing, kind, body.end) : undefined;
    return { kind, offset, pipeline, body: body.nodes, otherwise };
  });
}

/** What follows `{{else}}`. `{{else if}}` is an `{{if}}` inside the `{{else}}` that shares its `{{end}}`. */
function parseElse(
  parsing: Parsing,
  kind: 'if' | 'with' | 'range',
  { chained, token }: Ending,
): readonly Node[] {
  const { cursor } = parsing;
  if (chained !== undefined) {
    if (chained !== kind)
      throw cursor.error(token, `{{else ${chained}}} in {{${kind}}}; expected {{else}} or {{end}}`);
    return [cursor.nested(() => parseBranching(parsing, chained, token.offset))];
  }
  const { nodes, end } = parseBlock(parsing);
  if (end.kind !== 'end') throw cursor.error(end.token, 'unexpected {{else}}; expected {{end}}');
  return nodes;
}

function parseTemplateCall(parsing: Parsing, offset: number): Node {
  const { cursor } = parsing;
  const name = parseString(parsing);
  let pipeline: Pipeline | undefined;
  if (cursor.peekSolid().kind === 'right') cursor.next();
  else pipeline = parsePipeline(parsing, 'template');
  return { kind: 'template', offset, name, pipeline };
}

/** `{{block "name" pipeline}}` defines a template and calls it where it stands. */
function parseNamedBlock(parsing: Parsing, offset: number): Node {
  const name = parseString(parsing);
  const pipeline = parsePipeline(parsing, 'block');
  parseBody(parsing, name);
  return { kind: 'template', offset, name, pipeline };
}

/** `{{define "name"}}`; the keyword has been read. */
export function parseDefinition(parsing: Parsing): void {
  const name = parseString(parsing);
  parsing.cursor.expect('right', 'the end of {{define}}');
  parseBody(parsing, name);
}

function parseBody(parsing: Parsing, name: string): void {
  const { cursor } = parsing;
  const { nodes, end } = parseBlock({ ...parsing, scope: newScope() });
  if (end.kind !== 'end') throw cursor.error(end.token, 'unexpected {{else}}; expected {{end}}');
  addTree(parsing, name, nodes);
}

/** Keeps a definition. Of two with one name, one must be blank, as in Go. */
export function addTree({ cursor, trees }: Parsing, name: string, nodes: readonly Node[]): void {
  const existing = trees.get(name);
  if (existing === undefined || isBlank(existing)) {
    trees.set(name, nodes);
    return;
  }
  if (!isBlank(nodes)) throw cursor.error(cursor.peek(), `template ${JSON.stringify(name)} is defined twice`);
}

function isBlank(nodes: readonly Node[]): boolean {
  return nodes.every((node) => node.kind === 'text' && node.text.trim() === '');
}
