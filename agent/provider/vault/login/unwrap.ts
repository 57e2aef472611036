import type { Secret as SecretValue } from '../../../secret.ts';
import { Secret } from '../../../secret.ts';
import { isValueMap, mapAt, stringAt, type ValueMap } from '../../../value/value.ts';
import { ProviderError } from '../../errors.ts';
import { malformed, succeeded } from '../../http/refusal.ts';
import type { Answer } from '../../http/transport.ts';
import type { Call, Client } from '../client.ts';
import { generalRefusal } from '../errors.ts';

/** A wrapping token, and where the secret id in it has to come from. */
export interface Wrapped {
  /** Where the token was found. */
  readonly file: string;
  readonly token: SecretValue<string>;
  readonly wrappingPath: string;
}

/**
 * Takes a secret id out of its wrapping, which the server lets be done once. Where the wrapping was made is looked at first:
 * whoever has read the secret id and wrapped it again cannot do so at the role's own path.
 *
 * @throws {ProviderError} `login_refused` if the wrapping is no good any more, or is not of the path.
 */
export async function unwrapSecretId(
  client: Client,
  { file, token, wrappingPath }: Wrapped,
  signal: AbortSignal,
): Promise<SecretValue<string>> {
  const ask = async (what: 'lookup' | 'unwrap', call: Pick<Call, 'body' | 'token'>): Promise<ValueMap> => {
    const answer = await client({ method: 'PUT', path: `sys/wrapping/${what}`, ...call }, signal);
    return dataOf(answer, file);
  };
  const made = stringAt(await ask('lookup', { body: { token: token.reveal() } }), 'creation_path');
  if (made !== wrappingPath) throw madeElsewhere(file, wrappingPath);
  const secretId = stringAt(await ask('unwrap', { body: {}, token }), 'secret_id');
  if (!secretId) throw malformed(`unwrap the secret id of ${file}`, 'secret id');
  return new Secret(secretId);
}

function dataOf(answer: Answer, file: string): ValueMap {
  const doing = `unwrap the secret id of ${file}`;
  const general = generalRefusal(answer, doing);
  if (general !== undefined) throw general;
  if (!succeeded(answer)) throw spent(answer, file);
  const data = isValueMap(answer.body) ? mapAt(answer.body, 'data') : undefined;
  if (data === undefined) throw malformed(doing, 'data');
  return data;
}

const spent = ({ status }: Answer, file: string): ProviderError =>
  new ProviderError(
    'login_refused',
    `Cannot unwrap the secret id of ${file} (${status}): the wrapping token has ended or was used already. ` +
      'If it is younger than its life, somebody else has the secret id: destroy that. Then write a new wrapping token there',
  );

const madeElsewhere = (file: string, wrappingPath: string): ProviderError =>
  new ProviderError(
    'login_refused',
    `Cannot trust the wrapping token of ${file}: it was not made at "${wrappingPath}". ` +
      'Somebody may have read the secret id and wrapped it again: destroy that, or correct the path',
  );
