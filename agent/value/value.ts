/**
 * What a secret store answers, kept as it was written: a number is its source token (`1.50`, `1e3`, twenty digits), for
 * a double would change it. The same values go into templates, where they behave as Go's `encoding/json` with `UseNumber`.
 */
export type Value = null | boolean | string | JsonNumber | readonly Value[] | ValueMap;

export type ValueMap = ReadonlyMap<string, Value>;

/** A JSON number, verbatim. */
export class JsonNumber {
  readonly token: string;

  constructor(token: string) {
    this.token = token;
  }

  /** The nearest double. */
  toNumber(): number {
    return Number(this.token);
  }
}

export const isValueMap = (value: Value | undefined): value is ValueMap => value instanceof Map;

/** The map, string, number or boolean at a key, or undefined: short hands for reading answers of a store. */
export function mapAt(map: ValueMap, key: string): ValueMap | undefined {
  const value = map.get(key);
  return isValueMap(value) ? value : undefined;
}

export function stringAt(map: ValueMap, key: string): string | undefined {
  const value = map.get(key);
  return typeof value === 'string' ? value : undefined;
}

export function numberAt(map: ValueMap, key: string): number | undefined {
  const value = map.get(key);
  return value instanceof JsonNumber ? value.toNumber() : undefined;
}
