import type { NumberLiteral } from './number.ts';

interface Placed {
  /** Where the node begins in the template's text, in UTF-16 units. */
  readonly offset: number;
}

/** What stands for a value in a command. */
export type Operand =
  | (Placed & { readonly kind: 'dot' })
  | (Placed & { readonly kind: 'nil' })
  | (Placed & { readonly kind: 'boolean'; readonly value: boolean })
  | (Placed & { readonly kind: 'string'; readonly value: string })
  | (Placed & { readonly kind: 'number'; readonly value: NumberLiteral })
  | (Placed & { readonly kind: 'field'; readonly path: readonly string[] })
  | (Placed & { readonly kind: 'variable'; readonly name: string; readonly path: readonly string[] })
  | (Placed & { readonly kind: 'chain'; readonly base: Operand; readonly path: readonly string[] })
  | (Placed & { readonly kind: 'function'; readonly name: string })
  | Pipeline;

/** An operand and its arguments. */
export interface Command extends Placed {
  readonly operand: Operand;
  readonly args: readonly Operand[];
}

/** `$x := a | b c`: each command's value is the last argument of the next. */
export interface Pipeline extends Placed {
  readonly kind: 'pipeline';
  /** Names, `$` included, of the variables that take the value. */
  readonly variables: readonly string[];
  /** `=` to existing variables instead of `:=` to new ones. */
  readonly assigns: boolean;
  readonly commands: readonly Command[];
}

interface Branching extends Placed {
  readonly pipeline: Pipeline;
  readonly body: readonly Node[];
  readonly otherwise: readonly Node[] | undefined;
}

export type Node =
  | (Placed & { readonly kind: 'text'; readonly text: string })
  | (Placed & { readonly kind: 'action'; readonly pipeline: Pipeline })
  | (Branching & { readonly kind: 'if' })
  | (Branching & { readonly kind: 'with' })
  | (Branching & { readonly kind: 'range' })
  | (Placed & { readonly kind: 'template'; readonly name: string; readonly pipeline: Pipeline | undefined })
  | (Placed & { readonly kind: 'break' })
  | (Placed & { readonly kind: 'continue' });

/** A parsed template: the trees by name; the one that is rendered has the empty name. */
export interface Template {
  readonly trees: ReadonlyMap<string, readonly Node[]>;
  /** The names of all functions that it calls somewhere. */
  readonly functions: ReadonlySet<string>;
  /** Whether a key that a map does not have is an error. */
  readonly errorOnMissingKey: boolean;
  /** For the places that errors name. */
  readonly text: string;
}
