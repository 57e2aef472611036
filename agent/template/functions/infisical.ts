import type { SecretRef } from '../../provider/provider.ts';
import { parseJson } from '../../value/json.ts';
import { isValueMap, stringAt, type Value, type ValueMap } from '../../value/value.ts';
import { Fault } from '../error.ts';
import { type GoValue, isMap, NIL_MAP, StringList, Structure } from '../go/value.ts';
import { type Family, type FunctionContext, takes, takesMore } from './signature.ts';

const dynamicSecret = takesMore(
  ['string', 'string', 'string', 'string'],
  'string',
  ([project, environment, path, name, ...terms], context) =>
    lease({ project, environment, path }, [name, ...terms], context),
);

/** The functions of Infisical's own agent, by its signatures, so that its templates run unchanged. */
export const INFISICAL: Family<'infisical'> = {
  listSecrets: takesMore(
    ['string', 'string', 'string'],
    'string',
    ([project, environment, path, ...options], context) =>
      list({ project, environment, path }, options, context),
  ),
  listSecretsByProjectSlug: takesMore(
    ['string', 'string', 'string'],
    'string',
    ([project, environment, path, ...options], context) =>
      list({ project, environment, path }, options, context),
  ),
  getSecretByName: takes(
    ['string', 'string', 'string', 'string'],
    ([project, environment, path, name], context) => {
      if (name === '') throw new Fault('the name is empty');
      const [secret] = secretsAt(reference({ project, environment, path }, 'read', { name }), context);
      return secret && structure(secret);
    },
  ),
  dynamicSecret,
  dynamic_secret: dynamicSecret,
};

interface Folder {
  readonly project: string;
  readonly environment: string;
  readonly path: string;
}

/** The options that a template may give as JSON. Infisical's agent finds them in any spelling of their letters. */
const OPTIONS: readonly string[] = ['recursive', 'expandSecretReferences'];

const optionOf = (key: string): string | undefined =>
  OPTIONS.find((option) => option.toLowerCase() === key.toLowerCase());

/** Nothing yet is an empty list, over which a `range` may run. */
function list(folder: Folder, options: readonly string[], context: FunctionContext): GoValue {
  const [text, ...more] = options;
  if (more.length > 0)
    throw new Fault(`wrong number of arguments: ${options.length + 3}; expected at most 4`);
  const given = text === undefined ? {} : readOptions(text);
  return secretsAt(reference(folder, 'list', given), context).map(structure);
}

function readOptions(text: string): Record<string, string> {
  let options: Value;
  try {
    options = parseJson(text);
  } catch {
    throw new Fault('the options are not JSON');
  }
  if (!isValueMap(options)) throw new Fault('the options are not a JSON object');
  return Object.fromEntries([...options].flatMap(([key, value]) => readOption(key, value)));
}

/** Nothing for `null`, which leaves an option as it is. */
function readOption(key: string, value: Value): [string, string][] {
  const option = optionOf(key);
  if (option === undefined) throw new Fault(`there is no option "${key}"; expected ${OPTIONS.join(' or ')}`);
  if (value === null) return [];
  if (typeof value !== 'boolean') throw new Fault(`the option "${key}" must be true or false`);
  return [[option, String(value)]];
}

/** `<project>/<environment>/<folders>`, whatever slashes the template writes around the folders. */
function reference(
  { project, environment, path }: Folder,
  operation: SecretRef['operation'],
  parameters: Record<string, string>,
): SecretRef {
  for (const [part, value] of [
    ['project', project],
    ['environment', environment],
  ] as const)
    if (value === '' || value.includes('/')) throw new Fault(`the ${part} is empty or holds a slash`);
  const folders = path.split('/').filter((folder) => folder !== '');
  if ([project, environment, ...folders].some(climbs)) throw new Fault('the path has a part "." or ".."');
  return { store: 'infisical', operation, path: [project, environment, ...folders].join('/'), parameters };
}

/**
 * The credentials of a lease by their names; none before there is one. `terms` are the name of the dynamic secret, how long
 * its lease is to be (`1h`) and, for SSH, the principals, separated by commas; an empty text stands for none of them.
 */
function lease(folder: Folder, terms: readonly string[], context: FunctionContext): GoValue {
  const [name = '', ttl = '', principals = '', ...more] = terms;
  if (more.length > 0) throw new Fault(`wrong number of arguments: ${terms.length + 3}; expected at most 6`);
  if (name === '') throw new Fault('the name is empty');
  const given = Object.entries({ dynamicSecret: name, ttl, principals }).filter(([, text]) => text !== '');
  const parameters = Object.fromEntries(given);
  const data = context.read(reference(folder, 'write', parameters))?.get('data') ?? null;
  return isMap(data) ? data : NIL_MAP;
}

const climbs = (part: string): boolean => part === '.' || part === '..';

function secretsAt(ref: SecretRef, context: FunctionContext): readonly ValueMap[] {
  const secrets = context.read(ref)?.get('secrets');
  if (!Array.isArray(secrets)) return [];
  context.spend(secrets.length);
  return (secrets as readonly Value[]).filter(isValueMap);
}

/** A secret as a template sees it. */
function structure(secret: ValueMap): Structure {
  const text = (field: string): string => stringAt(secret, field) ?? '';
  return new Structure(
    'models.SingleEnvironmentVariable',
    new Map<string, GoValue>([
      ['Key', text('secretKey')],
      ['WorkspaceId', text('workspace')],
      ['Value', text('secretValue')],
      ['Type', text('type')],
      ['ID', text('id')],
      ['SecretPath', text('secretPath')],
      ['Tags', new StringList(undefined)],
      ['Comment', text('secretComment')],
    ]),
  );
}
