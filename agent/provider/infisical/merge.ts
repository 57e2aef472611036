import { isValueMap, stringAt, type Value, type ValueMap } from '../../value/value.ts';
import { ProviderError } from '../errors.ts';
import { malformed } from '../http/refusal.ts';

/** The secrets of an answer, each name once, and what somebody should know about them. */
export interface Merged {
  readonly secrets: readonly ValueMap[];
  readonly warnings: readonly string[];
}

/** What templates see of a secret. Versions and dates are left out: they change though the value does not. */
const FIELDS = [
  'secretKey',
  'secretValue',
  'secretPath',
  'workspace',
  'type',
  'id',
  'secretComment',
] as const;

/**
 * The secrets of a listing. The server does not merge: a folder's own secrets win over imported ones, and of imports the
 * last wins, as in all official clients. Where folders are mixed (`recursive`), the secret of the shallowest folder
 * wins, of equally deep ones the first by name.
 *
 * @throws {ProviderError} `forbidden` if the server hides a value: its mask must not reach a file.
 */
export function mergeListing(body: ValueMap, doing: string): Merged {
  const warnings: string[] = [];
  const own = listAt(body, 'secrets', doing);
  const byKey = Map.groupBy(own, keyOf);
  for (const [key, secrets] of byKey)
    if (secrets.length > 1)
      warnings.push(
        `${secrets.length} folders have a secret ${key}; that of ${pathOf(shallowest(secrets))} is used`,
      );
  const kept = [...byKey.values()].map(shallowest);
  const imported = listAt(body, 'imports', doing)
    .toReversed()
    .flatMap((link) => listAt(link, 'secrets', doing).map((secret) => withPath(secret, pathOf(link))));
  for (const secret of imported) {
    if (byKey.has(keyOf(secret))) continue;
    byKey.set(keyOf(secret), [secret]);
    kept.push(secret);
  }
  return describe(kept, warnings, doing);
}

/** The one secret of an answer. Throws as `mergeListing` does. */
export function readOne(body: ValueMap, doing: string): Merged {
  const secret = body.get('secret');
  if (!isValueMap(secret)) throw malformed(doing, 'secret');
  return describe([secret], [], doing);
}

function describe(secrets: readonly ValueMap[], warnings: string[], doing: string): Merged {
  for (const secret of secrets) {
    const key = keyOf(secret);
    if (secret.get('secretValueHidden') === true)
      throw new ProviderError(
        'forbidden',
        `Cannot ${doing}: the identity may not see the value of ${key}; grant it to read values`,
      );
    if (stringAt(secret, 'secretValue') === undefined) throw malformed(doing, `value of ${key}`);
    if (/\$\{[^}]+\}/u.test(stringAt(secret, 'secretValue') ?? ''))
      warnings.push(`The value of ${key} still holds a reference that was not expanded`);
  }
  return { secrets: secrets.map(told), warnings };
}

const told = (secret: ValueMap): ValueMap =>
  new Map(FIELDS.map((field): [string, Value] => [field, stringAt(secret, field) ?? '']));

function listAt(body: ValueMap, key: string, doing: string): ValueMap[] {
  const items = body.get(key);
  if (!Array.isArray(items)) throw malformed(doing, `list of ${key}`);
  return (items as readonly Value[]).filter(isValueMap);
}

function shallowest(secrets: readonly ValueMap[]): ValueMap {
  const byDepth = secrets.toSorted((a, b) => {
    const [one, other] = [pathOf(a), pathOf(b)];
    return depth(one) - depth(other) || (one < other ? -1 : 1);
  });
  return byDepth[0] ?? new Map();
}

const depth = (path: string): number => path.split('/').filter((part) => part !== '').length;
const withPath = (secret: ValueMap, path: string): ValueMap => new Map([...secret, ['secretPath', path]]);
const keyOf = (secret: ValueMap): string => stringAt(secret, 'secretKey') ?? '';
const pathOf = (secret: ValueMap): string => stringAt(secret, 'secretPath') ?? '/';
