import type { TemplateSource } from '../agent-config.ts';
import { Cursor } from './cursor.ts';
import { lex } from './lex.ts';
import { addTree, isEnding, parseDefinition, parseNode } from './parse-block.ts';
import { newScope, type Parsing } from './parsing.ts';
import type { Node, Template } from './tree.ts';

/**
 * Parses a template in the language of Go's `text/template` (https://pkg.go.dev/text/template). Names of functions are
 * checked here, as Go does. Empty delimiters stand for `{{` and `}}`.
 *
 * @throws {TemplateSyntaxError} With line and column, and what was expected there.
 */
export function parseTemplate(source: TemplateSource): Template {
  const text = source.text.toWellFormed();
  const tokens = lex({ text, left: source.left || '{{', right: source.right || '}}' });
  const parsing: Parsing = {
    cursor: new Cursor(text, tokens),
    scope: newScope(),
    trees: new Map(),
    functions: new Set(),
  };
  addTree(parsing, '', parseRoot(parsing));
  const { trees, functions } = parsing;
  return { trees, functions, errorOnMissingKey: source.errorOnMissingKey === true, text };
}

function parseRoot(parsing: Parsing): readonly Node[] {
  const { cursor } = parsing;
  const nodes: Node[] = [];
  while (cursor.peek().kind !== 'end') {
    if (startsDefinition(cursor)) {
      parseDefinition(parsing);
      continue;
    }
    const node = parseNode(parsing);
    if (isEnding(node)) throw cursor.error(node.token, `unexpected {{${node.kind}}}; nothing is open here`);
    nodes.push(node);
  }
  return nodes;
}

/** True, and both passed, if `{{define` comes next. */
function startsDefinition(cursor: Cursor): boolean {
  const second = cursor.peekSecond();
  if (cursor.peek().kind !== 'left' || second.kind !== 'word' || second.text !== 'define') return false;
  cursor.next();
  return cursor.takeWord('define');
}
