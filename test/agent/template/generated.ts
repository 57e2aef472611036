import fc from 'fast-check';
import { TemplateSyntaxError } from '#contract/template/error.ts';
import { FUNCTION_FAMILIES } from '#contract/template/functions.ts';
import { TemplateError } from '../../../agent/template/error.ts';
import { evaluateText } from './rendering.ts';

export const names = Object.values(FUNCTION_FAMILIES).flat();

/** Must not be in any message. Beside it, the data holds a number of many digits that must not be either. */
const CANARY = 'canary';

const DATA =
  '{"a":"canary(","b":[1,"x",null,{"k":[]}],"c":{"x":1.50,"y":{"z":true}},"d":null,"e":12345678901234567890,"f":"","g":"é😀","__proto__":{}}';

const TELLING = new RegExp(`${CANARY}|345678901234`, 'iu');

const operand = fc.constantFrom(
  '.', '.Data', '.Data.a', '.Data.b', '.Data.c', '.Data.c.y', '.Data.d', '.Data.e', '.Data.f', '.Data.g', '.Data.none',
  '$', 'nil', 'true', '0', '-1', '2', '1.5', '1e300', '"a"', '"%v %d %q %-5s|%05.2f %x %U %T"', '"\\xff"', "'c'", '(len .Data.b)',
  '(split "" .Data.g)', '(parseJSON "[1.5,{}]")', '(secret "other")', '(parseInt "-5")',
  '`(a|b)*+?[x-z]\\d{2}`', '`{"__proto__":{"constructor":1},"a/b":[1]}`', '(parseJSON `{"__proto__":{"a":1},"constructor":[]}`)', '(loop 3)', 'scratch', '(splitToMap "," "=" "__proto__=1,a=2")', '(sprig_dict "__proto__" 1)', '(sprig_list 1 nil "x")',
); // prettier-ignore

const call = fc
  .tuple(fc.constantFrom(...names), fc.array(operand, { maxLength: 3 }))
  .map(([name, operands]) => [name, ...operands].join(' '));

const action = fc
  .array(fc.oneof(call, operand), { minLength: 1, maxLength: 3 })
  .map((stages) => stages.join(' | '));

/** Templates of any functions on any operands, right or wrong. */
export const template = fc
  .array(
    fc.oneof(
      action.map((text) => `{{ ${text} }}`),
      fc
        .tuple(fc.constantFrom('if', 'with', 'range'), action, action)
        .map(
          ([kind, condition, body]) => `{{ ${kind} ${condition} }}{{ ${body} }}{{ else }}{{ . }}{{ end }}`,
        ),
      fc.string({ maxLength: 5 }),
    ),
    { maxLength: 4 },
  )
  .map((parts) => `{{ with secret "s" }}${parts.join('')}{{ end }}`);

/** What was thrown, unless it is one of the two errors that a template may end in and tells nothing of the data. */
export function surprise(text: string): unknown {
  try {
    evaluateText(text, { secrets: { s: `{"data":${DATA}}` } });
  } catch (error) {
    if (!(error instanceof TemplateError || error instanceof TemplateSyntaxError)) return error;
    if (TELLING.test(error.message)) return new Error(`the message tells a secret: ${error.message}`);
  }
  return undefined;
}
