import type { Io } from '../../cli/io.ts';

/** What a command printed and told. */
export interface CapturedIo extends Io {
  printedText(): string;
  told(): string;
}

/** A process with nothing in its environment but this, and nobody who looks on. */
export function captureIo(environment: Io['environment'] = {}): CapturedIo {
  const printed: string[] = [];
  const told: string[] = [];
  return {
    environment,
    coloured: false,
    now: () => 0,
    print: (text) => void printed.push(text),
    printed: () => Promise.resolve(),
    tell: (text) => void told.push(text),
    printedText: () => printed.join(''),
    told: () => told.join(''),
  };
}
