import type { CharacterSet } from './characters.ts';

/** A place between two characters. */
export type Place =
  | 'text-begins'
  | 'text-ends'
  | 'line-begins'
  | 'line-ends'
  | 'word-boundary'
  | 'no-word-boundary';

/** A regular expression, taken apart. */
export type Node =
  | { readonly kind: 'one'; readonly set: CharacterSet }
  | { readonly kind: 'place'; readonly place: Place }
  | { readonly kind: 'sequence'; readonly nodes: readonly Node[] }
  | { readonly kind: 'choice'; readonly nodes: readonly Node[] }
  | Repetition;

/** Again and again; as often as possible if greedy, else as seldom as possible. */
export interface Repetition {
  readonly kind: 'repetition';
  readonly node: Node;
  readonly least: number;
  /** Infinity: any number of times. */
  readonly most: number;
  readonly isGreedy: boolean;
}

/** An expression that is none, or one that is more than policies need. */
export class Unsupported extends Error {
  override readonly name = 'Unsupported';

  constructor(construct: string) {
    super(`Cannot use ${construct} in a regular expression`);
  }
}

/** Whether it may match nothing at all. */
export function isNullable(node: Node): boolean {
  switch (node.kind) {
    case 'one':
      return false;
    case 'place':
      return true;
    case 'sequence':
      return node.nodes.every(isNullable);
    case 'choice':
      return node.nodes.some(isNullable);
    case 'repetition':
      return node.least === 0 || isNullable(node.node);
  }
}
