import { parseDuration, DURATION_FORM } from './annotations/duration.ts';
import type { ValueParser } from './annotations/values.ts';
import type { Problem } from '#contract/problem.ts';

export type EnvironmentRecord = Readonly<Record<string, string | undefined>>;

/** Reads variables one by one and notes every problem under the variable's name. An empty variable is one not set. */
export class Environment {
  readonly problems: Problem[] = [];
  /** The variables that were looked for. */
  readonly asked = new Set<string>();
  readonly #record: EnvironmentRecord;

  constructor(record: EnvironmentRecord) {
    this.#record = record;
  }

  report(key: string, message: string): void {
    this.problems.push({ key, message });
  }

  optional(key: string): string | undefined {
    this.asked.add(key);
    const value = this.#record[key]?.trim();
    return value === '' ? undefined : value;
  }

  required(key: string, form: string): string {
    const value = this.optional(key);
    if (value === undefined) this.report(key, `must be set to ${form}`);
    return value ?? '';
  }

  /** Read as the annotation of the same meaning is. */
  value<T>(key: string, parse: ValueParser<T>, fallback: T): T {
    const text = this.optional(key);
    if (text === undefined) return fallback;
    const result = parse(text);
    if ('value' in result) return result.value;
    this.report(key, `must be ${result.expected}`);
    return fallback;
  }

  list(key: string): readonly string[] {
    const items = (this.optional(key) ?? '').split(',').map((item) => item.trim());
    return items.filter((item) => item !== '');
  }

  choice<T extends string>(key: string, choices: readonly T[], fallback: T): T {
    const value = this.optional(key) ?? fallback;
    const found = choices.find((choice) => choice === value);
    if (found === undefined) this.report(key, `must be one of ${choices.join(', ')}`);
    return found ?? fallback;
  }

  boolean(key: string, fallback: boolean): boolean {
    const text = this.choice(key, ['true', 'false'], fallback ? 'true' : 'false');
    return text === 'true';
  }

  /** Notes every variable of a prefix that is set and of no use without another one. */
  refuseOthers(prefix: string, needed: string): void {
    for (const key of this.asked) {
      if (key.startsWith(prefix) && key !== needed && this.optional(key) !== undefined)
        this.report(key, `is of no use without ${needed}`);
    }
  }

  /** Milliseconds. */
  duration(key: string, fallback: string, min: number): number {
    const ms = parseDuration(this.optional(key) ?? fallback);
    if (ms !== undefined && ms >= min) return ms;
    this.report(key, `must be ${DURATION_FORM}, at least ${min}ms`);
    return min;
  }

  /** Milliseconds, or null for `never`. */
  deadline(key: string, fallback: string): number | null {
    const text = this.optional(key) ?? fallback;
    if (text === 'never') return null;
    const ms = parseDuration(text);
    if (ms === undefined) this.report(key, `must be "never" or ${DURATION_FORM}`);
    return ms ?? null;
  }

  port(key: string, fallback: number): number {
    return this.#port(key, this.optional(key) ?? String(fallback)) ?? fallback;
  }

  /** `host:port`, `[v6]:port` or `:port`; no host means every address, IPv4 and IPv6. */
  listen(key: string, fallback: string): { readonly address: string; readonly port: number } {
    const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]*)):(\d+)$/u.exec(this.optional(key) ?? fallback);
    if (match === null) this.report(key, 'must be host:port, such as ":8443" or "127.0.0.1:8443"');
    const [, six, host, port = '0'] = match ?? [];
    return { address: six ?? host ?? '', port: this.#port(key, port) ?? 0 };
  }

  /** The addresses, each noted as a problem unless paths can be put behind it, and it holds no password. */
  urls(key: string, values: readonly string[]): readonly string[] {
    for (const value of values) {
      if (!isAddress(value))
        this.report(
          key,
          'must be a URL such as "https://vault.vault:8200", without a user or password, a query or a wildcard',
        );
    }
    return values;
  }

  #port(key: string, text: string): number | undefined {
    const port = /^\d{1,5}$/u.test(text) ? Number(text) : Number.NaN;
    if (port <= 65_535) return port;
    this.report(key, 'must hold a port from 0 to 65535');
    return undefined;
  }
}

function isAddress(text: string): boolean {
  const url = /^https?:\/\/[^?#*]+$/u.test(text) ? URL.parse(text) : null;
  return url !== null && url.username === '' && url.password === '';
}
