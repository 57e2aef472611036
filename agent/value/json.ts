import { JsonNumber, type Value } from './value.ts';

interface SourceContext {
  readonly source?: string;
}

/** `JSON.parse` as it is since ES2026: the reviver is shown the source text of each primitive. */
const parseWithSource = JSON.parse as (
  text: string,
  reviver: (key: string, value: unknown, context: SourceContext) => unknown,
) => Value;

/**
 * Parses JSON without loss: numbers keep their digits, and objects become maps (so `__proto__` is a key like any other).
 * Lone surrogates become U+FFFD, as in Go.
 *
 * @throws {SyntaxError} If the text is not JSON. The message of the engine is not passed on: it quotes the text.
 */
export function parseJson(text: string): Value {
  try {
    return parseWithSource(text, (_key, value, context) => {
      if (typeof value === 'number') return new JsonNumber(context.source ?? String(value));
      if (typeof value === 'string') return value.toWellFormed();
      if (
        typeof value !== 'object' ||
        value === null ||
        Array.isArray(value) ||
        value instanceof JsonNumber ||
        value instanceof Map
      )
        return value;
      return new Map(Object.entries(value).map(([key, item]) => [key.toWellFormed(), item]));
    });
  } catch {
    throw new SyntaxError('Cannot parse JSON');
  }
}

/** JSON text of a value; numbers as they were read, keys in the map's order. */
export function serialiseJson(value: Value): string {
  if (value instanceof JsonNumber) return value.token;
  if (value instanceof Map) {
    const members = [...(value as ReadonlyMap<string, Value>)].map(
      ([key, item]) => `${JSON.stringify(key)}:${serialiseJson(item)}`,
    );
    return `{${members.join(',')}}`;
  }
  if (Array.isArray(value)) return `[${(value as readonly Value[]).map(serialiseJson).join(',')}]`;
  return JSON.stringify(value);
}
