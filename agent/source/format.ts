import type { FileFormat } from '#contract/file-format.ts';
import type { SecretSource } from '#contract/secret-source.ts';
import { display } from '../template/go/format.ts';
import { toJson } from '../template/go/json.ts';
import { sortedEntries } from '../template/go/order.ts';
import type { Value, ValueMap } from '../value/value.ts';
import { toDotenv } from './dotenv.ts';
import { toProperties } from './properties.ts';
import { textOf } from './values.ts';
import { toYaml } from './yaml.ts';

/**
 * The text of a file for the values of a source, which hold its key if it names one; `docs/formats.md` has the bytes.
 * Keys are sorted, and numbers keep their digits.
 *
 * @throws {FormatError} If the format cannot hold a key or a value.
 */
export function formatValues(format: FileFormat, { key }: SecretSource, values: ValueMap): string {
  const sorted = new Map(sortedEntries(values)) as ValueMap;
  const value = key === undefined ? sorted : (sorted.get(key) ?? null);
  switch (format) {
    case 'raw':
      return key === undefined ? lines(sorted) : textOf(value);
    case 'json':
      return `${toJson(value, { escapeHtml: false, pretty: true })}\n`;
    case 'yaml':
      return toYaml(value);
    case 'dotenv':
      return toDotenv(sorted);
    case 'properties':
      return toProperties(sorted);
  }
}

/** As the Vault Agent Injector's default template has it. */
function lines(values: ValueMap): string {
  return [...values]
    .map(([key, value]: [string, Value]) => `${key}: ${display(value ?? undefined)}\n`)
    .join('');
}
