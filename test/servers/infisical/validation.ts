import { Refusal } from './refusal.ts';

export type Body = Readonly<Record<string, unknown>>;

/** The text of a field of the body, which is refused without it as a schema refuses. */
export function required(body: Body, field: string): string {
  const value = body[field];
  if (typeof value === 'string') return value;
  throw new Refusal('field_missing', field, value === undefined ? 'undefined' : typeof value);
}

/** The text of a field of the body, if it has it. */
export function optional(body: Body, field: string): string | undefined {
  return body[field] === undefined ? undefined : required(body, field);
}

/** A boolean of the query, where only `true` and `false` are spelled right. */
export function flag(query: URLSearchParams, field: string, fallback: boolean): boolean {
  const value = query.get(field);
  if (value === null) return fallback;
  if (value === 'true' || value === 'false') return value === 'true';
  throw new Refusal('flag_misspelled', field, value);
}

const UNITS_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of a duration such as `90s`, `15m`, `1h` or `2d`; anything else counts as too short. */
export function duration(text: string): number {
  const [, count, unit] = /^(\d+)([smhd])$/u.exec(text) ?? [];
  const ms = Number(count ?? 0) * UNITS_MS[(unit ?? 's') as keyof typeof UNITS_MS];
  if (ms < UNITS_MS.m) throw new Refusal('lease_too_short');
  return ms;
}
