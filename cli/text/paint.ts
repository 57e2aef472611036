import { WIDTH } from './layout.ts';

/** Makes parts of a text stand out. */
export type Paint = Readonly<Record<Colour, (text: string) => string>> & {
  /** How long a line gets before it is broken. */
  readonly width: number;
};

export type Colour = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

const NARROWEST = 60;

/** The length of lines on a terminal of so many columns; undefined if it is none, and 0 if it does not say. */
export const widthOf = (columns = 0): number =>
  columns === 0 ? WIDTH : Math.max(NARROWEST, Math.min(WIDTH, columns));

const asItIs = (text: string): string => text;

/** For files, pipes and people who want no colour. */
export const PLAIN: Paint = {
  bold: asItIs,
  dim: asItIs,
  red: asItIs,
  green: asItIs,
  yellow: asItIs,
  width: WIDTH,
};

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
  width: WIDTH,
};
