/** The same, for at most so many at a time: the others wait until one of them has ended, in the order in which they came. */
export function queued<Asked, Answered>(
  act: (asked: Asked) => Promise<Answered>,
  most: number,
): (asked: Asked) => Promise<Answered> {
  let free = most;
  const waiting: (() => void)[] = [];
  const enter = async (): Promise<void> => {
    if (free === 0) return await new Promise((resolve) => waiting.push(resolve));
    free -= 1;
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return async (asked) => {
    await enter();
    try {
      return await act(asked);
    } finally {
      leave();
    }
  };
}
