/** Makes parts of a text stand out. */
export type Paint = Readonly<Record<'bold' | 'dim' | 'red' | 'green' | 'yellow', (text: string) => string>>;

const asItIs = (text: string): string => text;

/** For files, pipes and people who want no colour. */
export const PLAIN: Paint = { bold: asItIs, dim: asItIs, red: asItIs, green: asItIs, yellow: asItIs };

const between =
  (begin: number, end: number) =>
  (text: string): string =>
    `\u001B[${begin}m${text}\u001B[${end}m`;

/** For a terminal. */
export const COLOURED: Paint = {
  bold: between(1, 22),
  dim: between(2, 22),
  red: between(31, 39),
  green: between(32, 39),
  yellow: between(33, 39),
};
