import { REFUSED_FUNCTIONS } from './refused-functions.ts';
import { SPRIG_FAMILIES } from './sprig-functions.ts';

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
  yaml: ['toYAML', 'parseYAML'],
  toml: ['toTOML'],
  regex: ['regexMatch', 'regexReplaceAll'],
  print: ['print', 'printf', 'println'],
  escape: ['html', 'js', 'urlquery'],
  secret: ['secret', 'secrets', 'pkiCert'],
  file: ['file', 'writeToFile'],
  infisical: [
    'listSecrets',
    'listSecretsByProjectSlug',
    'getSecretByName',
    'dynamicSecret',
    'dynamic_secret',
  ],
  json: ['toJSON', 'toJSONPretty', 'toUnescapedJSON', 'toUnescapedJSONPretty', 'parseJSON'],
  base64: ['base64Encode', 'base64Decode', 'base64URLEncode', 'base64URLDecode'],
  hash: ['sha256Hex', 'md5sum', 'hmacSHA256Hex'],
  text: ['trimSpace', 'trim', 'trimPrefix', 'trimSuffix', 'replaceAll', 'indent'],
  case: ['toLower', 'toUpper', 'toTitle'],
  parse: ['parseBool', 'parseInt', 'parseUint', 'parseFloat'],
  environment: ['env', 'envOrDefault', 'mustEnv'],
  math: ['add', 'subtract', 'multiply', 'divide', 'modulo', 'minimum', 'maximum'],
  time: ['timestamp'],
  ...SPRIG_FAMILIES,
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type FunctionFamily = keyof typeof FUNCTION_FAMILIES;

const KNOWN: ReadonlySet<string> = new Set(Object.values(FUNCTION_FAMILIES).flat());

/** Why a template may not call a function of this name, or undefined if it may. */
export function functionProblem(name: string): string | undefined {
  if (KNOWN.has(name)) return undefined;
  const reason = REFUSED_FUNCTIONS.get(name);
  if (reason !== undefined) return `function "${name}" is not supported: it ${reason}`;
  const meant = meantBy(name);
  return `function "${name}" is not defined${meant === undefined ? '' : `; expected ${meant}`}`;
}

/** Other tools call Sprig's functions without its name, and letters are easily taken for others of another case. */
function meantBy(name: string): string | undefined {
  if (KNOWN.has(`sprig_${name}`)) return `sprig_${name}`;
  return [...KNOWN].find((known) => known.toLowerCase() === name.toLowerCase());
}
