import { DROP_IN_RULES } from './drop-in-names.ts';
import { dropIn, native } from './families.ts';
import type { Findings } from './findings.ts';
import type { ParsedRule } from './names.ts';
import { NATIVE_RULES } from './native-names.ts';
import type { DropInKey, NativeKey } from './table.ts';
import { quoted, type ValueParser } from './values.ts';

/** A setting that each family has a key for, without the prefix. */
export interface Pair<T> {
  readonly dropIn: string;
  readonly native: string;
  readonly parse: ValueParser<T>;
  /** Where the two families spell values differently. */
  readonly parseNative?: ValueParser<T>;
}

type Parsed<Rule> = Rule extends ParsedRule<infer T> ? T : never;

/** A pair whose values are read as its rows in the tables have it. */
export const pairOf = <K extends DropInKey>(
  theirs: K,
  ours: NativeKey,
): Pair<Parsed<(typeof DROP_IN_RULES)[K]>> => ({
  dropIn: theirs,
  native: ours,
  // Both rows of a pair make the same of a text.
  parse: (DROP_IN_RULES[theirs] as ParsedRule<unknown>).parse as ValueParser<
    Parsed<(typeof DROP_IN_RULES)[K]>
  >,
  parseNative: (NATIVE_RULES[ours] as ParsedRule<unknown>).parse as ValueParser<
    Parsed<(typeof DROP_IN_RULES)[K]>
  >,
});

/** What the annotations of both families say about one setting, which the agent of a pod has once. */
export function settle<T extends string | boolean>(findings: Findings, pair: Pair<T>, fallback: T): T {
  const [ours, theirs] = [native(pair.native), dropIn(pair.dropIn)];
  const wanted = findings.read(ours, pair.parseNative ?? pair.parse, undefined);
  const other = findings.read(theirs, pair.parse, undefined);
  if (wanted !== undefined && other !== undefined && wanted !== other)
    findings.deny(
      ours,
      `is ${quoted(findings.text(ours) ?? '')}, but ${theirs} is ${quoted(findings.text(theirs) ?? '')}; expected the same of both, for a pod has one agent`,
    );
  return wanted ?? other ?? fallback;
}
