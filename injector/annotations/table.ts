import { DROP_IN_RULES } from './drop-in-names.ts';
import { dropIn, native } from './families.ts';
import type { Findings } from './findings.ts';
import { completeKey, type ParsedRule } from './names.ts';
import { NATIVE_RULES } from './native-names.ts';

/** The rows of a table that read their text by themselves, with what they make of it. */
type Values<Rules> = {
  [Key in keyof Rules as Rules[Key] extends ParsedRule<unknown> ? Key : never]: Rules[Key] extends ParsedRule<
    infer T
  >
    ? T
    : never;
};

type DropInValues = Values<typeof DROP_IN_RULES>;
type NativeValues = Values<typeof NATIVE_RULES>;

export type DropInKey = keyof DropInValues;
export type NativeKey = keyof NativeValues;

/**
 * What an annotation of the drop-in family says, read as its row in the table has it; undefined if it is not there, or not
 * good. `name` stands for the X of its key.
 */
export function readDropIn<K extends DropInKey>(
  findings: Findings,
  key: K,
  name = '',
): DropInValues[K] | undefined {
  const rule: ParsedRule<unknown> = DROP_IN_RULES[key];
  return findings.read(dropIn(completeKey(key, name)), rule.parse, undefined) as DropInValues[K] | undefined;
}

/** The same for Sidekey's own family, where `name` stands for the file. */
export function readNative<K extends NativeKey>(
  findings: Findings,
  key: K,
  name = '',
): NativeValues[K] | undefined {
  const rule: ParsedRule<unknown> = NATIVE_RULES[key];
  return findings.read(native(completeKey(key, name)), rule.parse, undefined) as NativeValues[K] | undefined;
}
