import { Fault } from '../../error.ts';
import { typeName, type GoValue } from '../../go/value.ts';
import { ENVIRONMENT } from '../environment.ts';
import { JSON_FUNCTIONS } from '../json.ts';
import { type Family, takes, takesMore, type TemplateFunction } from '../signature.ts';
import { isBlank, isDeepEqual, kindOf } from './cast.ts';

const typeOf = (value: GoValue): string => (kindOf(value) === 'invalid' ? '<nil>' : typeName(value));

/** What fails gives this instead. */
export const orElse = ({ parameters, call }: TemplateFunction, fallback: GoValue): TemplateFunction => ({
  parameters,
  call: (args, context) => {
    try {
      return call(args, context);
    } catch (error) {
      if (error instanceof Fault) return fallback;
      throw error;
    }
  },
});

/** Unlike `parseJSON`, of an empty text this is an error. */
const fromJson = takes(['string'], ([text], context) => {
  if (text === '') throw new Fault('the text is not JSON');
  return JSON_FUNCTIONS.parseJSON.call([text], context);
});

export const SPRIG_FLOW: Family<'sprigFlow'> = {
  sprig_default: takesMore(['any'], 'any', ([fallback, given]) => (isBlank(given) ? fallback : given)),
  sprig_empty: takes(['any'], ([value]) => isBlank(value)),
  sprig_coalesce: takesMore([], 'any', (values) => values.find((value) => !isBlank(value))),
  sprig_all: takesMore([], 'any', (values) => values.every((value) => !isBlank(value))),
  sprig_any: takesMore([], 'any', (values) => values.some((value) => !isBlank(value))),
  sprig_ternary: takes(['any', 'any', 'boolean'], ([ifTrue, ifFalse, test]) => (test ? ifTrue : ifFalse)),
  sprig_fail: takes(['string'], () => {
    throw new Fault('the template asks to fail');
  }),
  sprig_env: ENVIRONMENT.env,
  sprig_expandenv: takes(['string'], ([text], context) => expand(text, (name) => context.env(name) ?? '')),
  sprig_fromJson: orElse(fromJson, undefined),
  sprig_mustFromJson: fromJson,
  sprig_toJson: orElse(JSON_FUNCTIONS.toJSON, ''),
  sprig_mustToJson: JSON_FUNCTIONS.toJSON,
  sprig_toPrettyJson: orElse(JSON_FUNCTIONS.toJSONPretty, ''),
  sprig_mustToPrettyJson: JSON_FUNCTIONS.toJSONPretty,
  sprig_toRawJson: JSON_FUNCTIONS.toUnescapedJSON,
  sprig_mustToRawJson: JSON_FUNCTIONS.toUnescapedJSON,
  sprig_typeOf: takes(['any'], ([value]) => typeOf(value)),
  sprig_typeIs: takes(['string', 'any'], ([type, value]) => type === typeOf(value)),
  sprig_typeIsLike: takes(['string', 'any'], ([type, value]) => [type, `*${type}`].includes(typeOf(value))),
  sprig_kindOf: takes(['any'], ([value]) => kindOf(value)),
  sprig_kindIs: takes(['string', 'any'], ([kind, value]) => kind === kindOf(value)),
  sprig_deepEqual: takes(['any', 'any'], ([left, right]) => isDeepEqual(left, right)),
};

/**
 * Names as a shell writes them, replaced. What a shell could not read is left out: braces that are empty or never close.
 * A dollar sign before anything else stays.
 */
function expand(text: string, valueOf: (name: string) => string): string {
  const end = text.lastIndexOf('}') + 1;
  const replaced = (part: string, names: RegExp): string =>
    part.replaceAll(names, (_, braced?: string, bare?: string) => {
      const name = braced ?? bare ?? '';
      return name === '' ? '' : valueOf(name);
    });
  return replaced(text.slice(0, end), CLOSED) + replaced(text.slice(end), OPEN);
}

const CLOSED = /\$(?:\{([^}]*)\}|([*#$@!?\d-]|\w+))/gu;

/** Where no brace closes, so that none is looked for in vain time after time. */
const OPEN = /\$(?:\{()|([*#$@!?\d-]|\w+))/gu;
