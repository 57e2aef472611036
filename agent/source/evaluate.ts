import type { FileFormat } from '#contract/file-format.ts';
import { describeSource, type SecretSource } from '#contract/secret-source.ts';
import type { Evaluation, TemplateInputs } from '../template/evaluate.ts';
import { Secret } from '../secret.ts';
import type { ValueMap } from '../value/value.ts';
import { FormatError, listKeys } from './error.ts';
import { formatValues } from './format.ts';
import { referenceOf } from './reference.ts';
import { allValuesOf, valuesOf } from './values.ts';

const TITLES = { vault: 'Vault', infisical: 'Infisical' } as const;

/**
 * The text of a file that is a secret in a format.
 *
 * @throws {FormatError} If there is nothing to write, or the format cannot hold it.
 */
export function evaluateSource(
  source: SecretSource,
  format: FileFormat,
  inputs: Pick<TemplateInputs, 'has' | 'secret'>,
): Evaluation {
  try {
    if (!inputs.has(source.store))
      throw new FormatError(`the agent is not configured to use ${TITLES[source.store]}`);
    const ref = referenceOf(source);
    const body = inputs.secret(ref);
    if (body === undefined) return { ok: false, missing: [ref], used: [ref] };
    return { ok: true, text: new Secret(textOf(source, format, body)), used: [ref] };
  } catch (error) {
    throw placed(error, `Cannot write ${describeSource(source)} as ${format}`);
  }
}

function textOf(source: SecretSource, format: FileFormat, body: ValueMap): string {
  const values = valuesOf(source, body);
  // A file is never emptied because a store has nothing to say.
  if (values.size === 0) throw new FormatError(absence(source.store, body));
  return formatValues(format, source, values);
}

function absence(store: SecretSource['store'], body: ValueMap): string {
  const keys = [...allValuesOf(store, body).keys()].toSorted();
  if (keys.length === 0) return 'there are no keys';
  return `there is no such key among ${keys.length}: ${listKeys(keys)}`;
}

function placed(error: unknown, doing: string): unknown {
  if (error instanceof FormatError) return new FormatError(`${doing}: ${error.message}`);
  if (error instanceof RangeError)
    return new FormatError(`${doing}: a value is nested too deeply or too large`);
  return error;
}
