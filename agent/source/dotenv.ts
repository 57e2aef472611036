import { type Value, type ValueMap } from '../value/value.ts';
import { FormatError, listKeys } from './error.ts';
import { textOf } from './values.ts';

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/u;

/** A line `KEY='value'` each, in the given order. */
export function toDotenv(values: ValueMap): string {
  const refused = [...values.keys()].filter((key) => !VARIABLE.test(key));
  if (refused.length > 0)
    throw new FormatError(
      `${listKeys(refused)} cannot be the name of a variable; take single keys, another format or a template`,
    );
  return [...values].map(([key, value]) => `${key}=${quoted(key, value)}\n`).join('');
}

/**
 * Between single quotes everything means itself to all readers. A single quote needs double ones: what means something
 * between them is escaped as in shells, which not all other readers undo.
 */
function quoted(key: string, value: Value): string {
  const text = textOf(value);
  if (text.includes('\0'))
    throw new FormatError(`the value of ${listKeys([key])} holds a NUL, which no variable can`);
  return text.includes("'") ? `"${text.replaceAll(/["$\\`]/gu, String.raw`\$&`)}"` : `'${text}'`;
}
