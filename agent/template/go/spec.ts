/** One verb of a format with its flags, as in `%-10.3f`. */
export interface Spec {
  readonly verb: string;
  readonly minus: boolean;
  readonly plus: boolean;
  readonly sharp: boolean;
  readonly space: boolean;
  readonly zero: boolean;
  /** `%#v`: as it would be written in a program. */
  readonly goSyntax: boolean;
  /** `%+v`: structs with the names of their fields. */
  readonly fieldNames: boolean;
  readonly width: number;
  readonly precision: number | undefined;
}

/** How values print where no format is given. */
export const PLAIN: Spec = {
  verb: 'v',
  minus: false,
  plus: false,
  sharp: false,
  space: false,
  zero: false,
  goSyntax: false,
  fieldNames: false,
  width: 0,
  precision: undefined,
};

/** Fills up to the width, counted in characters: with spaces, or with zeros on the left if asked. */
export function pad(text: string, { width, minus, zero }: Spec): string {
  const missing = Math.max(width - Array.from(text).length, 0);
  if (minus) return text + ' '.repeat(missing);
  return (zero ? '0' : ' ').repeat(missing) + text;
}
