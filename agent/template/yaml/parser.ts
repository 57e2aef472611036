import { type Mark, Scanner, type Token } from './scanner.ts';
import type { Tag } from './names.ts';

/** A document as it is written, before anything is made of it. */
export type Node = Scalar | List | Mapping | Alias;

export interface Scalar {
  readonly kind: 'scalar';
  readonly value: string;
  /** Of its type, in full; empty if none is given. */
  readonly tag: string;
  /** Whether the text decides of what type it is. */
  readonly isPlain: boolean;
}

export interface List {
  readonly kind: 'list';
  readonly items: Node[];
}

export interface Mapping {
  readonly kind: 'map';
  readonly entries: [key: Node, value: Node][];
}

export interface Alias {
  readonly kind: 'alias';
  readonly target: Node;
}

const NOTHING: Scalar = { kind: 'scalar', value: '', tag: '', isPlain: true };

interface Parsing {
  readonly scanner: Scanner;
  readonly anchors: Map<string, Node>;
  /** What handles of tags stand for. */
  readonly handles: Map<string, string>;
}

/** The first document of a text; undefined if there is none. Throws Fault. */
export function parseYaml(text: string): Node | undefined {
  const scanner = new Scanner(text);
  const handles = new Map<string, string>();
  const parsing = { scanner, anchors: new Map<string, Node>(), handles };
  if (scanner.peek().kind === 'end') return undefined;
  const hasDirectives = readDirectives(parsing);
  if (!handles.has('!')) handles.set('!', '!');
  if (!handles.has('!!')) handles.set('!!', 'tag:yaml.org,2002:');
  const isExplicit = scanner.takes('document');
  if (hasDirectives && !isExplicit) throw scanner.fault('directives are not followed by ---');
  const document =
    isExplicit && isNext(scanner, 'directive', 'document', 'document end', 'end')
      ? NOTHING
      : parseNode(parsing, { isBlock: true });
  // What comes right behind the document is looked at, and no more than that.
  scanner.peek();
  return document;
}

function readDirectives({ scanner, handles }: Parsing): boolean {
  let version: string | undefined;
  let count = 0;
  for (let token = scanner.peek(); token.kind === 'directive'; token = scanner.peek()) {
    const { directive } = token;
    if ('version' in directive) {
      if (version !== undefined || Number(directive.version) !== 1.1)
        throw scanner.fault('it is not YAML 1.1');
      version = directive.version;
    } else {
      if (handles.has(directive.handle)) throw scanner.fault('a handle of tags is given twice');
      handles.set(directive.handle, directive.prefix);
    }
    count += 1;
    scanner.next();
  }
  return count > 0;
}

const isNext = (scanner: Scanner, ...kinds: readonly Token['kind'][]): boolean =>
  kinds.includes(scanner.peek().kind);

interface Context {
  readonly isBlock: boolean;
  /** Whether a list may stand at the column of the key that it belongs to. */
  readonly isValue?: boolean;
}

interface Properties {
  readonly anchor?: string;
  readonly tag?: Tag;
}

function parseNode(parsing: Parsing, context: Context): Node {
  const { scanner, anchors } = parsing;
  const first = scanner.peek();
  if (first.kind === 'alias') {
    scanner.next();
    const target = anchors.get(first.name);
    if (target === undefined) throw scanner.fault('an alias names no anchor');
    return { kind: 'alias', target };
  }
  const properties = readProperties(scanner);
  const tag = fullTag(parsing, properties.tag);
  const keep = <N extends Node>(node: N): N => {
    if (properties.anchor !== undefined) anchors.set(properties.anchor, node);
    return node;
  };
  if (scanner.peek().kind === 'scalar') return keep(readScalar(scanner, tag));
  const collection = openCollection(scanner, context);
  if (collection !== undefined) return fillCollection(parsing, keep(collection.node), collection.form);
  if (properties.anchor === undefined && tag === '') throw scanner.fault('a value is missing');
  return keep({ kind: 'scalar', value: '', tag, isPlain: tag === '' });
}

/** An anchor and a tag, in any order. */
function readProperties(scanner: Scanner): Properties {
  let properties: Properties = {};
  for (let token = scanner.peek(); ; token = scanner.peek()) {
    if (token.kind === 'anchor' && properties.anchor === undefined)
      properties = { ...properties, anchor: token.name };
    else if (token.kind === 'tag' && properties.tag === undefined)
      properties = { ...properties, tag: token.tag };
    else return properties;
    scanner.next();
  }
}

function fullTag({ scanner, handles }: Parsing, tag: Tag | undefined): string {
  if (tag === undefined || tag.handle === '') return tag?.suffix ?? '';
  const prefix = handles.get(tag.handle);
  if (prefix === undefined) throw scanner.fault('the handle of a tag is not known');
  return prefix + tag.suffix;
}

function readScalar(scanner: Scanner, tag: string): Scalar {
  const token = scanner.next();
  if (token.kind !== 'scalar') throw scanner.fault('a value is missing');
  return { kind: 'scalar', value: token.value, tag, isPlain: tag === '!' || (tag === '' && token.isPlain) };
}

type Form = 'block list' | 'bare list' | 'block map' | '[' | '{';

function openCollection(
  scanner: Scanner,
  { isBlock, isValue }: Context,
): { node: List | Mapping; form: Form } | undefined {
  const { kind } = scanner.peek();
  if (isValue === true && kind === 'entry') return { node: { kind: 'list', items: [] }, form: 'bare list' };
  const mayOpen =
    kind === '[' || kind === '{' || (isBlock && (kind === 'block list' || kind === 'block map'));
  if (!mayOpen) return undefined;
  scanner.next();
  const isList = kind === '[' || kind === 'block list';
  return { node: isList ? { kind: 'list', items: [] } : { kind: 'map', entries: [] }, form: kind };
}

function fillCollection(parsing: Parsing, node: List | Mapping, form: Form): Node {
  if (node.kind === 'map') {
    if (form === '{') fillFlowMap(parsing, node);
    else fillBlockMap(parsing, node);
  } else if (form === '[') fillFlowList(parsing, node);
  else fillBlockList(parsing, node, form === 'block list');
  return node;
}

/** A node, or nothing if one of these comes instead. */
function nodeUnless(parsing: Parsing, context: Context, ...ends: readonly Mark[]): Node {
  return isNext(parsing.scanner, ...ends) ? NOTHING : parseNode(parsing, context);
}

function fillBlockList(parsing: Parsing, { items }: List, isIndented: boolean): void {
  const { scanner } = parsing;
  const ends: readonly Mark[] = isIndented ? ['entry', 'block end'] : ['entry', 'key', 'value', 'block end'];
  while (scanner.takes('entry')) items.push(nodeUnless(parsing, { isBlock: true }, ...ends));
  if (isIndented && !scanner.takes('block end')) throw scanner.fault('an entry of a list is missing');
}

function fillBlockMap(parsing: Parsing, { entries }: Mapping): void {
  const { scanner } = parsing;
  const part = (): Node => nodeUnless(parsing, { isBlock: true, isValue: true }, 'key', 'value', 'block end');
  while (scanner.takes('key')) {
    const key = part();
    entries.push([key, scanner.takes('value') ? part() : NOTHING]);
  }
  if (!scanner.takes('block end')) throw scanner.fault('a key of a map is missing');
}

function fillFlowList(parsing: Parsing, { items }: List): void {
  const { scanner } = parsing;
  while (!scanner.takes(']')) {
    if (items.length > 0 && !scanner.takes(',')) throw scanner.fault('a list is not closed');
    if (scanner.takes(']')) return;
    items.push(scanner.takes('key') ? parsePair(parsing) : parseNode(parsing, { isBlock: false }));
  }
}

/** `[a: b]` is a list of one map. */
function parsePair(parsing: Parsing): Mapping {
  const { scanner } = parsing;
  const isEmpty = isNext(scanner, 'value', ',', ']');
  // Whatever ends a key that is not there is passed with it, even its colon.
  const key = isEmpty ? NOTHING : parseNode(parsing, { isBlock: false });
  if (isEmpty) scanner.next();
  const value = scanner.takes('value') ? nodeUnless(parsing, { isBlock: false }, ',', ']') : NOTHING;
  return { kind: 'map', entries: [[key, value]] };
}

function fillFlowMap(parsing: Parsing, { entries }: Mapping): void {
  const { scanner } = parsing;
  const part = (...ends: readonly Mark[]): Node => nodeUnless(parsing, { isBlock: false }, ...ends);
  while (!scanner.takes('}')) {
    if (entries.length > 0 && !scanner.takes(',')) throw scanner.fault('a map is not closed');
    if (scanner.takes('}')) return;
    if (scanner.takes('key')) {
      const key = part('value', ',', '}');
      entries.push([key, scanner.takes('value') ? part(',', '}') : NOTHING]);
    } else entries.push([parseNode(parsing, { isBlock: false }), NOTHING]);
  }
}
