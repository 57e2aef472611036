/**
 * Milliseconds to wait by a `Retry-After` header, in seconds or as a date (RFC 9110, section 10.2.3); undefined if there
 * is none that makes sense.
 */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/u.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
