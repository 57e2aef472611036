/** Go knows both spellings of the micro sign. */
const UNIT_MS = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
type Unit = keyof typeof UNIT_MS;

const WHOLE = /^(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/u;
const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/gu;

/** Go counts nanoseconds in 64 bits: some 292 years. */
const LONGEST_MS = 2 ** 63 / 1e6;

/** What a duration looks like, for error messages. */
export const DURATION_FORM = 'a Go duration such as "30s", "5m" or "1h30m"';

/**
 * Milliseconds in a Go duration (`time.ParseDuration`, without a sign), rounded to whole milliseconds;
 * undefined if the text is not one. A bare `0` is allowed, as in Go.
 */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  if (!WHOLE.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(PART)) total += Number(amount) * UNIT_MS[unit as Unit];
  return total < LONGEST_MS ? Math.round(total) : undefined;
}
