import { Fault } from '../error.ts';
import { decodeBase64 } from '../functions/base64.ts';
import { AnyMap, type GoValue, itemsOf, isMap } from '../go/value.ts';
import { type Alias, type Mapping, type Node, parseYaml, type Scalar } from './parser.ts';
import { resolveScalar } from './resolve.ts';

/** Accounts for a node that something is made of. */
type Spend = (units: number) => void;

/** What the first document of a text says, as version 2 of `gopkg.in/yaml` reads it. Throws Fault. */
export function readYaml(text: string, spend: Spend): GoValue {
  const document = parseYaml(text);
  if (document === undefined) return null;
  return new Decoder(spend).decode(document);
}

/** An alias stands for as much as its anchor: from here on, that is not to be most of a document. */
const FEW_NODES = 1000;
const FEW_ALIASED = 100;
const SMALL = 400_000;
const LARGE = 4_000_000;

class Decoder {
  readonly #spend: Spend;
  readonly #under = new Set<Alias>();
  #count = 0;
  #aliased = 0;

  constructor(spend: Spend) {
    this.#spend = spend;
  }

  decode(node: Node): GoValue {
    this.#note();
    switch (node.kind) {
      case 'alias':
        return this.#inAlias(node, (target) => this.decode(target));
      case 'scalar':
        return scalar(node);
      case 'list':
        return node.items.map((item) => this.decode(item));
      case 'map':
        return this.#fill(new AnyMap(), node);
    }
  }

  #note(): void {
    this.#spend(1);
    this.#count += 1;
    if (this.#under.size > 0) this.#aliased += 1;
    const isMuch = this.#aliased > FEW_ALIASED && this.#count > FEW_NODES;
    if (isMuch && this.#aliased / this.#count > mostAliased(this.#count))
      throw new Fault('the text is not YAML that is read: nearly all of it is aliases');
  }

  #inAlias<T>(alias: Alias, action: (target: Node) => T): T {
    if (this.#under.has(alias)) throw new Fault('the text is not YAML that is read: an anchor holds itself');
    this.#under.add(alias);
    const result = action(alias.target);
    this.#under.delete(alias);
    return result;
  }

  #fill(map: AnyMap, { entries }: Mapping): AnyMap {
    for (const [keyNode, valueNode] of entries) {
      if (isMerge(keyNode)) {
        this.#merge(map, valueNode);
        continue;
      }
      const key = this.decode(keyNode);
      if (isMap(key) || key instanceof AnyMap || itemsOf(key) !== undefined)
        throw new Fault('the text is not YAML that is read: a key is a list or a map');
      map.set(key, this.decode(valueNode));
    }
    return map;
  }

  /** `<<`: what comes first in a list counts. */
  #merge(map: AnyMap, node: Node): void {
    const sources = node.kind === 'list' ? node.items.toReversed() : [node];
    for (const source of sources) this.#mergeOne(map, source);
  }

  #mergeOne(map: AnyMap, source: Node): void {
    const target = source.kind === 'alias' ? source.target : source;
    if (target.kind !== 'map')
      throw new Fault('the text is not YAML that is read: << needs a map, or a list of maps');
    this.#note();
    if (source.kind === 'alias')
      this.#inAlias(source, () => {
        this.#note();
        this.#fill(map, target);
      });
    else this.#fill(map, target);
  }
}

/** From 99 % of a small document down to 10 % of a large one. */
function mostAliased(count: number): number {
  if (count <= SMALL) return 0.99;
  return count >= LARGE ? 0.1 : 0.99 - (0.89 * (count - SMALL)) / (LARGE - SMALL);
}

const isMerge = (node: Node): boolean =>
  node.kind === 'scalar' && node.value === '<<' && (node.isPlain || node.tag === 'tag:yaml.org,2002:merge');

function scalar({ value, tag, isPlain }: Scalar): GoValue {
  if (tag === '' && !isPlain) return value;
  if (tag !== 'tag:yaml.org,2002:binary') return resolveScalar(value, tag);
  const bytes = decodeBase64(value);
  if (bytes === undefined) throw new Fault('the text is not YAML: a value is no base64, as its tag says');
  return bytes;
}
