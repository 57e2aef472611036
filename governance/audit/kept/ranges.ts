/** Whole numbers that were seen. Versions follow each other, so that a secret's whole life is one range. */
export type Ranges = readonly (readonly [from: number, to: number])[];

export const has = (ranges: Ranges, value: number): boolean =>
  ranges.some(([from, to]) => from <= value && value <= to);

/** With one more; ranges that touch become one. */
export function withOne(ranges: Ranges, value: number): Ranges {
  const touching = ranges.filter(([from, to]) => from - 1 <= value && value <= to + 1);
  const others = ranges.filter((range) => !touching.includes(range));
  const from = Math.min(value, ...touching.map(([first]) => first));
  const to = Math.max(value, ...touching.map(([, last]) => last));
  return [...others, [from, to]];
}
