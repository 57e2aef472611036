import type { FunctionFamily } from '#contract/template/functions.ts';
import { USUAL_FAMILIES } from './usual.ts';
import { CASE } from './case.ts';
import { ESCAPE } from './escape.ts';
import { HASH } from './hash.ts';
import { MAP } from './map.ts';
import { MATH } from './math.ts';
import { REGEX } from './regex.ts';
import { SPRIG_ENCODING } from './sprig/encoding.ts';
import { SPRIG_FLOAT } from './sprig/float.ts';
import { SPRIG_FLOW } from './sprig/flow.ts';
import { SPRIG_LIST } from './sprig/list.ts';
import { SPRIG_MAP } from './sprig/map.ts';
import { SPRIG_NUMBER } from './sprig/number.ts';
import { SPRIG_PATH } from './sprig/path.ts';
import { SPRIG_REGEX } from './sprig/regex.ts';
import { SPRIG_TEXT } from './sprig/text.ts';
import { SPRIG_TIME } from './sprig/time.ts';
import { SPRIG_URL } from './sprig/url.ts';
import { SPRIG_WORDS } from './sprig/words.ts';
import { TOML } from './toml.ts';
import { YAML } from './yaml.ts';
import { type Family, type Functions, functionsOf } from './signature.ts';

/** A file for each family of the table of names; the compiler refuses a name without a function, and the reverse. */
const FAMILIES: { readonly [F in FunctionFamily]: Family<F> } = {
  ...USUAL_FAMILIES,
  map: MAP,
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
  sprigTime: SPRIG_TIME,
  sprigFloat: SPRIG_FLOAT,
  escape: ESCAPE,
  hash: HASH,
  case: CASE,
  math: MATH,
};

/** All of them, which takes a file as large as a third of the agent: see `prepare`. */
export const FUNCTIONS: Functions = functionsOf(FAMILIES);
