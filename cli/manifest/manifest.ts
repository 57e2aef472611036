import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  type Tags,
  visit,
  type YAMLMap,
} from 'yaml';
import { isArray, isObject, type JsonObject } from '#contract/json.ts';
import type { Place } from '../../governance/place.ts';
import { describeYamlFault } from './yaml-fault.ts';

/** One Kubernetes object of a file, and where each part of it stands. */
export interface Manifest {
  /** As kubectl reads it: YAML 1.1, in which a bare `yes` is no text. */
  readonly value: JsonObject;
  readonly place: Place;
  /** Where a field is, or, if it is not there, the nearest one around it. */
  at(path: readonly string[]): Place;
}

export interface ReadManifests {
  readonly manifests: readonly Manifest[];
  readonly faults: readonly Fault[];
}

/** What of a file cannot be read, or, if it can, is odd: of a key that stands twice only the last one counts. */
export interface Fault {
  readonly kind: 'unreadable' | 'repeated';
  readonly place: Place;
  /** `YAML`, or the key. */
  readonly subject: string;
  readonly message: string;
}

const TIME = 'tag:yaml.org,2002:timestamp';

/** kubectl's reader has no times: `2026-01-01` and `1:30` are texts. */
const withoutTimes = (tags: Tags): Tags =>
  tags.filter((tag) => typeof tag === 'string' || (tag.tag !== TIME && tag.format !== 'TIME'));

/** As kubectl takes it: objects in JSON need nothing between them but a new line. */
const separated = (text: string): string =>
  /^\uFEFF?\s*\{/u.test(text) ? text.replaceAll(/(\}\s*\n)(?=\{)/gu, '$1--- ') : text;

/** Reads all documents of a file, YAML or JSON; a list is its items. */
export function readManifests(file: string, text: string): ReadManifests {
  const lines = new LineCounter();
  const documents = parseAllDocuments(separated(text), {
    version: '1.1',
    merge: true,
    customTags: withoutTimes,
    // As for kubectl, the last one counts.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
    lineCounter: lines,
  });
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const read = [...documents].map((document) => readDocument(document, place));
  return {
    manifests: read.flatMap(({ manifests }) => manifests),
    faults: read.flatMap(({ faults }) => faults),
  };
}

type Placing = (offset: number) => Place;

function readDocument(document: Document.Parsed, place: Placing): ReadManifests {
  const root = document.contents;
  const start = place(root?.range[0] ?? document.range[0]);
  const fault = faultIn(document);
  if (fault !== undefined)
    return broken(place(fault.at), `${fault.message}; the rest of the document is not looked at`);
  if (root === null || (isScalar(root) && root.value === null)) return { manifests: [], faults: [] };
  const value = valueOf(document);
  if (!isObject(value))
    return broken(start, 'This is no Kubernetes object, which is a map with apiVersion and kind');
  const whole: Manifest = { value, place: start, at: (path) => locate(document, path, place) };
  return {
    manifests: flattened(whole),
    faults: repeated(document, place),
  };
}

/** The first thing for which a document cannot be read, and where it is. */
function faultIn(document: Document.Parsed): { readonly at: number; readonly message: string } | undefined {
  const [error] = document.errors;
  if (error !== undefined) {
    const at = begunBefore(error.pos[0], document) ?? error.pos[0];
    return { at, message: describeYamlFault(error.code) };
  }
  let at: number | undefined;
  visit(document, {
    Pair(_, { key }) {
      if (isCollection(key)) at ??= startOf(key);
    },
  });
  return at === undefined ? undefined : { at, message: describeYamlFault('NON_STRING_KEY') };
}

/** Where that began which has no end: a quote is missed only where the text is over. */
function begunBefore(offset: number, document: Document.Parsed): number | undefined {
  let begun: number | undefined;
  visit(document, {
    Node(_, node) {
      const [start, end] = node.range ?? [0, 0];
      const isOpen = (isScalar(node) && node.type?.startsWith('QUOTE')) || (isCollection(node) && node.flow);
      if (isOpen && start < offset && offset <= end) begun = start;
    },
  });
  return begun;
}

const broken = (place: Place, message: string): ReadManifests => ({
  manifests: [],
  faults: [{ kind: 'unreadable', place, subject: 'YAML', message }],
});

/** Undefined if aliases make more of it than anybody would write. */
function valueOf(document: Document.Parsed): unknown {
  try {
    return document.toJS();
  } catch {
    return undefined;
  }
}

/** A list is its items, and so is a list of one kind (`PodList`), whose items need not say what they are. */
function flattened(manifest: Manifest): readonly Manifest[] {
  const { value, at } = manifest;
  const { kind, apiVersion, items } = value;
  if (typeof kind !== 'string' || !kind.endsWith('List') || (kind !== 'List' && !isArray(items)))
    return [manifest];
  const implied =
    kind === 'List' ? {} : { apiVersion: apiVersion ?? null, kind: kind.slice(0, -'List'.length) };
  return (isArray(items) ? items : []).flatMap((item, index) => {
    if (!isObject(item)) return [];
    const base = ['items', String(index)];
    const one = 'kind' in item ? item : { ...implied, ...item };
    return flattened({ value: one, place: at(base), at: (path) => at([...base, ...path]) });
  });
}

function locate(document: Document.Parsed, path: readonly string[], place: Placing): Place {
  let node: Node | null | undefined = document.contents;
  let offset = startOf(node);
  for (const name of path) {
    if (isAlias(node)) node = node.resolve(document);
    const found: Found | undefined = isMap(node) ? fieldOf(node, name) : itemOf(node, name);
    if (found === undefined) break;
    offset = startOf(found.shown) ?? offset;
    node = found.value;
  }
  return place(offset ?? 0);
}

const startOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined);

interface Found {
  /** The key of a field, for it is what a person looks for. */
  readonly shown: unknown;
  readonly value: Node | undefined;
}

function fieldOf(map: YAMLMap, name: string): Found | undefined {
  const pair = map.items.findLast((one: Pair) => isScalar(one.key) && String(one.key.value) === name);
  return pair && { shown: pair.key, value: isNode(pair.value) ? pair.value : undefined };
}

function itemOf(node: unknown, name: string): Found | undefined {
  const item = isSeq(node) ? node.items[Number(name)] : undefined;
  return isNode(item) ? { shown: item, value: item } : undefined;
}

function repeated(document: Document.Parsed, place: Placing): readonly Fault[] {
  const faults: Fault[] = [];
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<string>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        const subject = String(key.value);
        if (seen.has(subject))
          faults.push({ kind: 'repeated', place: place(startOf(key) ?? 0), subject, message: REPEATED });
        seen.add(subject);
      }
    },
  });
  return faults;
}

const REPEATED = 'stands twice, and only the last one counts';
