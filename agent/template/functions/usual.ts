import type { FunctionFamily } from '#contract/template/functions.ts';
import { BASE64 } from './base64.ts';
import { COLLECTION } from './collection.ts';
import { COMPARISON } from './comparison.ts';
import { ENVIRONMENT } from './environment.ts';
import { FILE } from './file.ts';
import { FLOW } from './flow.ts';
import { INFISICAL } from './infisical.ts';
import { JSON_FUNCTIONS } from './json.ts';
import { LOGIC } from './logic.ts';
import { PARSE } from './parse.ts';
import { PRINT } from './print.ts';
import { SECRET } from './secret.ts';
import { TEXT } from './text.ts';
import { TIME } from './time.ts';
import { type Family, type Functions, functionsOf } from './signature.ts';

/** The families that most templates do with. */
export const USUAL_FAMILIES = {
  logic: LOGIC,
  comparison: COMPARISON,
  collection: COLLECTION,
  flow: FLOW,
  print: PRINT,
  secret: SECRET,
  infisical: INFISICAL,
  file: FILE,
  json: JSON_FUNCTIONS,
  base64: BASE64,
  text: TEXT,
  parse: PARSE,
  environment: ENVIRONMENT,
  time: TIME,
} satisfies { readonly [F in FunctionFamily]?: Family<F> };

export const USUAL_FUNCTIONS: Functions = functionsOf(USUAL_FAMILIES);
