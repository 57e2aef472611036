/** Aborted, with the signal's name as reason, on the first SIGTERM or SIGINT. A second one ends the process at once. */
export function terminationSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.once(name, () => controller.abort(new Terminated(name)));
  }
  return controller.signal;
}

/** The reason of an aborted termination signal. */
export class Terminated extends Error {
  override readonly name = 'Terminated';

  constructor(signal: string) {
    super(`Received ${signal}`);
  }
}
