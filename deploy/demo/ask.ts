import { systemClock } from '#platform/clock.ts';
import type { Answer } from './verdict.ts';

/**
 * Asks the model server something, with a key.
 *
 * @throws {Error} If it does not answer; if that is because it ended, the signal's reason tells.
 */
export async function ask(url: string, key: string, signal: AbortSignal): Promise<Answer> {
  const headers = { authorization: `Bearer ${key}` };
  return await until('ask the model server', { everyMs: 20, withinMs: 5000, signal }, async () => {
    try {
      const response = await fetch(url, { headers, signal });
      return (await response.json()) as Answer;
    } catch {
      return undefined;
    }
  });
}

/** The body of a page, whatever its status; undefined if nobody answers. */
export async function look(
  url: string,
  signal: AbortSignal,
): Promise<{ readonly ok: boolean; readonly body: string } | undefined> {
  try {
    const response = await fetch(url, { signal });
    return { ok: response.ok, body: await response.text() };
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

interface Patience {
  readonly everyMs: number;
  readonly withinMs: number;
  readonly signal: AbortSignal;
}

/**
 * Repeats an attempt until it returns something.
 *
 * @throws {Error} `Cannot <what>: …` with what `explain` knows, when the time is over.
 */
export async function until<T>(
  what: string,
  { everyMs, withinMs, signal }: Patience,
  attempt: () => Promise<T | undefined>,
  explain: () => string = () => 'nothing answers',
): Promise<T> {
  const deadline = systemClock.now() + withinMs;
  while (systemClock.now() < deadline) {
    const result = await attempt();
    if (result !== undefined) return result;
    await systemClock.sleep(everyMs, signal);
  }
  throw new Error(`Cannot ${what} within ${withinMs / 1000} s: ${explain()}`);
}

/**
 * Waits for a probe to succeed, as the kubelet does.
 *
 * @throws {Error} With the probe's last words if it never does.
 */
export async function untilReady(what: string, url: string, signal: AbortSignal): Promise<void> {
  let last = 'nothing answers';
  await until(
    `start ${what}`,
    { everyMs: 20, withinMs: 30_000, signal },
    async () => {
      const answer = await look(url, signal);
      if (answer !== undefined) last = answer.body.trim();
      return answer?.ok === true ? true : undefined;
    },
    () => `${url} says: ${last}`,
  );
}
