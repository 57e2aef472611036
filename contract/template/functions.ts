/**
 * The functions a template may call, by family. Templates are checked against this table when they are parsed, in the
 * injector as in the agent, so that a pod is refused at admission rather than stuck at start.
 * A family that is added is a line here and a file in `agent/template/functions/`.
 */
export const FUNCTION_FAMILIES = {
  logic: ['and', 'or', 'not'],
  comparison: ['eq', 'ne', 'lt', 'le', 'gt', 'ge'],
  collection: [
    'len',
    'index',
    'slice',
    'in',
    'contains',
    'containsAll',
    'containsAny',
    'containsNone',
    'containsNotAll',
    'join',
    'split',
  ],
  map: ['splitToMap', 'explodeMap', 'mergeMap', 'mergeMapWithOverride'],
  flow: ['call', 'executeTemplate', 'loop', 'scratch'],
  yaml: ['toYAML'],
  toml: ['toTOML'],
  regex: ['regexMatch', 'regexReplaceAll'],
  print: ['print', 'printf', 'println'],
  escape: ['html', 'js', 'urlquery'],
  secret: ['secret', 'secrets'],
  infisical: ['listSecrets', 'listSecretsByProjectSlug', 'getSecretByName'],
  json: ['toJSON', 'toJSONPretty', 'toUnescapedJSON', 'toUnescapedJSONPretty', 'parseJSON'],
  base64: ['base64Encode', 'base64Decode', 'base64URLEncode', 'base64URLDecode'],
  hash: ['sha256Hex', 'md5sum', 'hmacSHA256Hex'],
  text: ['trimSpace', 'trim', 'trimPrefix', 'trimSuffix', 'replaceAll', 'indent'],
  case: ['toLower', 'toUpper', 'toTitle'],
  parse: ['parseBool', 'parseInt', 'parseUint', 'parseFloat'],
  environment: ['env', 'envOrDefault', 'mustEnv'],
  math: ['add', 'subtract', 'multiply', 'divide', 'modulo', 'minimum', 'maximum'],
  time: ['timestamp'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type FunctionFamily = keyof typeof FUNCTION_FAMILIES;

/** Functions of Vault Agent or Go that Sidekey does not have yet. */
const PENDING: ReadonlySet<string> = new Set([
  'file',
  'parseYAML',
  'pkiCert',
  'plugin',
  'sockaddr',
  'spew_dump',
  'spew_printf',
  'spew_sdump',
  'spew_sprintf',
  'writeToFile',
]);

const KNOWN: ReadonlySet<string> = new Set(Object.values(FUNCTION_FAMILIES).flat());

/** Why a template may not call a function of this name, or undefined if it may. */
export function functionProblem(name: string): string | undefined {
  if (KNOWN.has(name)) return undefined;
  if (PENDING.has(name) || name.startsWith('sprig_')) return `function "${name}" is not supported yet`;
  return `function "${name}" is not defined`;
}
