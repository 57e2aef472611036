import type { FunctionFamily } from '#contract/template/functions.ts';
import { BASE64 } from './base64.ts';
import { CASE } from './case.ts';
import { COLLECTION } from './collection.ts';
import { COMPARISON } from './comparison.ts';
import { ENVIRONMENT } from './environment.ts';
import { ESCAPE } from './escape.ts';
import { FILE } from './file.ts';
import { FLOW } from './flow.ts';
import { HASH } from './hash.ts';
import { INFISICAL } from './infisical.ts';
import { JSON_FUNCTIONS } from './json.ts';
import { LOGIC } from './logic.ts';
import { MAP } from './map.ts';
import { MATH } from './math.ts';
import { PARSE } from './parse.ts';
import { PRINT } from './print.ts';
import { REGEX } from './regex.ts';
import { SECRET } from './secret.ts';
import type { Family, TemplateFunction } from './signature.ts';
import { SPRIG_ENCODING } from './sprig/encoding.ts';
import { SPRIG_FLOAT } from './sprig/float.ts';
import { SPRIG_PATH } from './sprig/path.ts';
import { SPRIG_REGEX } from './sprig/regex.ts';
import { SPRIG_TEXT } from './sprig/text.ts';
import { SPRIG_URL } from './sprig/url.ts';
import { SPRIG_WORDS } from './sprig/words.ts';
import { SPRIG_NUMBER } from './sprig/number.ts';
import { SPRIG_LIST } from './sprig/list.ts';
import { SPRIG_MAP } from './sprig/map.ts';
import { SPRIG_FLOW } from './sprig/flow.ts';
import { TEXT } from './text.ts';
import { TIME } from './time.ts';
import { TOML } from './toml.ts';
import { YAML } from './yaml.ts';

/** A file for each family of the table of names; the compiler refuses a name without a function, and the reverse. */
const FAMILIES: { readonly [F in FunctionFamily]: Family<F> } = {
  logic: LOGIC,
  comparison: COMPARISON,
  collection: COLLECTION,
  map: MAP,
  flow: FLOW,
  yaml: YAML,
  toml: TOML,
  regex: REGEX,
  sprigFlow: SPRIG_FLOW,
  sprigMap: SPRIG_MAP,
  sprigList: SPRIG_LIST,
  sprigNumber: SPRIG_NUMBER,
  sprigText: SPRIG_TEXT,
  sprigWords: SPRIG_WORDS,
  sprigEncoding: SPRIG_ENCODING,
  sprigRegex: SPRIG_REGEX,
  sprigPath: SPRIG_PATH,
  sprigUrl: SPRIG_URL,
  sprigFloat: SPRIG_FLOAT,
  print: PRINT,
  escape: ESCAPE,
  secret: SECRET,
  infisical: INFISICAL,
  file: FILE,
  json: JSON_FUNCTIONS,
  base64: BASE64,
  hash: HASH,
  text: TEXT,
  case: CASE,
  parse: PARSE,
  environment: ENVIRONMENT,
  math: MATH,
  time: TIME,
};

export const FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map(
  Object.values<Readonly<Record<string, TemplateFunction>>>(FAMILIES).flatMap((family) =>
    Object.entries(family),
  ),
);
