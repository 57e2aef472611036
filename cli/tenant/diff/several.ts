/** Asks about each, a few at a time; the answers come in the order of the questions. */
export async function several<T, R>(
  items: readonly T[],
  atOnce: number,
  ask: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const answers = new Map<number, R>();
  const waiting = items.entries();
  const work = async (): Promise<void> => {
    for (const [at, item] of waiting) answers.set(at, await ask(item));
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return items.flatMap((_, at) => (answers.has(at) ? [answers.get(at) as R] : []));
}
