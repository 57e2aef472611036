import type { FUNCTION_FAMILIES, FunctionFamily } from '#contract/template/functions.ts';
import type { SecretRef } from '../../provider/provider.ts';
import type { ValueMap } from '../../value/value.ts';
import type { Float, GoMap, GoValue, Integer, Scratch, StringList } from '../go/value.ts';

/** The Go types that parameters have; arguments of another type are refused before the function is called. */
interface ParameterTypes {
  readonly any: GoValue;
  readonly string: string;
  readonly boolean: boolean;
  readonly int: Integer;
  readonly float: Float;
  readonly strings: StringList;
  readonly list: readonly GoValue[];
  readonly map: GoMap;
}

export type Parameter = keyof ParameterTypes;

type Arguments<P extends readonly Parameter[]> = { readonly [K in keyof P]: ParameterTypes[P[K]] };

/** A file that a template writes. */
export interface FileText {
  /** Permission bits. */
  readonly mode: number;
  readonly text: string;
  readonly appends: boolean;
}

/** What a function may know beyond its arguments. */
export interface FunctionContext {
  /** The body of a secret, or undefined if it has yet to be read; the reference is noted either way. */
  read(ref: SecretRef): ValueMap | undefined;
  env(name: string): string | undefined;
  now(): Date;
  /** What is in a file, or undefined if it has yet to be made. Throws Fault. */
  readFile(path: string): string | undefined;
  /** Writes a file when all is rendered. Throws Fault. */
  writeFile(path: string, file: FileText): void;
  /** What the template has put aside. */
  readonly scratch: Scratch;
  /** The text of a template that is defined in this one. */
  expand(name: string, dot: GoValue): string;
  /** Accounts for work or text that the arguments alone do not show. Throws when the budget is used up. */
  spend(units: number): void;
}

export interface TemplateFunction {
  readonly parameters: readonly Parameter[];
  /** Type of any further arguments. */
  readonly rest?: Parameter;
  /** Arguments are evaluated one by one, up to the first of this truth, which is the result. */
  readonly stopsAt?: boolean;
  readonly call: (args: readonly GoValue[], context: FunctionContext) => GoValue;
}

/** The functions of a family: exactly those that the table of names lists. */
export type Family<F extends FunctionFamily> = Readonly<
  Record<(typeof FUNCTION_FAMILIES)[F][number], TemplateFunction>
>;

/** By name. */
export type Functions = ReadonlyMap<string, TemplateFunction>;

export const functionsOf = (
  families: Readonly<Record<string, Readonly<Record<string, TemplateFunction>>>>,
): Functions => new Map(Object.values(families).flatMap((family) => Object.entries(family)));

/** A function of fixed parameters. `call` throws `Fault`. */
export function takes<const P extends readonly Parameter[]>(
  parameters: P,
  call: (args: Arguments<P>, context: FunctionContext) => GoValue,
): TemplateFunction {
  return { parameters, call: call as TemplateFunction['call'] };
}

/** A function that takes any number of arguments after its fixed parameters. `call` throws `Fault`. */
export function takesMore<const P extends readonly Parameter[], R extends Parameter>(
  parameters: P,
  rest: R,
  call: (args: readonly [...Arguments<P>, ...ParameterTypes[R][]], context: FunctionContext) => GoValue,
): TemplateFunction {
  return { parameters, rest, call: call as unknown as TemplateFunction['call'] };
}
