/** Tells the reader what happens, one numbered step after another, each line with the time since the beginning. */
export interface Story {
  step(title: string): void;
  say(line: string): void;
  /** What went wrong, and what to do about it. */
  fail(message: string): void;
}

export interface Teller {
  /** Takes one line, without its end. */
  print(line: string): void;
  readonly colour: boolean;
  /** Milliseconds. */
  now(): number;
}

const STYLE = { bold: '1', dim: '2', red: '31' } as const;

export function createStory({ print, colour, now }: Teller): Story {
  const begin = now();
  let steps = 0;
  const paint = (style: keyof typeof STYLE, text: string): string =>
    colour ? `\u001B[${STYLE[style]}m${text}\u001B[0m` : text;
  const elapsed = (): string => `${((now() - begin) / 1000).toFixed(2).padStart(8)} s`;
  const stamped = (text: string): void => {
    const [first = '', ...rest] = text.split('\n');
    print(`${paint('dim', elapsed())}  ${first}`);
    for (const line of rest) print(`${' '.repeat(12)}${line}`);
  };
  return {
    step: (title) => {
      steps += 1;
      print(`\n${paint('bold', `${steps}  ${title}`)}`);
    },
    say: stamped,
    fail: (message) => stamped(paint('red', message)),
  };
}
