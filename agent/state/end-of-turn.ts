/** What became of something. */
interface Change<T> {
  readonly before: T;
  readonly after: T;
}

/**
 * Gathers the changes of a turn into one, from the first state to the last, and hands that on before anything else can
 * happen: whoever is told by the outside that the agent is ready finds its state saved.
 */
export function atEndOfTurn<T>(act: (change: Change<T>) => void): (change: Change<T>) => void {
  let turn: Change<T> | undefined;
  const end = (): void => {
    const whole = turn;
    turn = undefined;
    if (whole) act(whole);
  };
  return ({ before, after }) => {
    if (!turn) queueMicrotask(end);
    turn = { before: turn ? turn.before : before, after };
  };
}
