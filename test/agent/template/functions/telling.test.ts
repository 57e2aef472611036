import { TemplateSyntaxError } from '#contract/template/error.ts';
import { expect, test } from 'vitest';
import { TemplateError } from '../../../../agent/template/error.ts';
import { FUNCTIONS } from '../../../../agent/template/functions/table.ts';
import { evaluateText } from '../rendering.ts';

/** No number, no pattern, no path, no JSON, no template: wherever a function wants one of these, it has to refuse it. */
const CANARY = String.raw`canary(\q{{%zz"/../`;
const DATA = JSON.stringify({ data: { t: CANARY, l: [CANARY], m: { [CANARY]: CANARY }, n: 0 } }).replace(
  '0}',
  '34567890123456789012.5}',
);

const TELLING = ['.Data.t', '.Data.l', '.Data.m', '.Data.n'];
const OTHERS = ['"a"', '2', '(sprig_list 1 "a")', '(sprig_dict "a" 1)', 'true', 'nil'];

/** Each kind of data in each place, with every other kind in the places left. */
function calls(name: string): readonly string[] {
  const { parameters = [], rest } = FUNCTIONS.get(name) ?? {};
  const most = Math.min(parameters.length + (rest === undefined ? 0 : 2), 4);
  const places = Array.from({ length: most }, (_, place) => place);
  return TELLING.flatMap((telling) =>
    places.flatMap((at) =>
      OTHERS.map((other) => [name, ...places.map((place) => (place === at ? telling : other))].join(' ')),
    ),
  );
}

function messageOf(call: string): string {
  try {
    evaluateText(`{{ with secret "s" }}{{ ${call} }}{{ end }}`, { secrets: { s: DATA } });
    return '';
  } catch (error) {
    if (error instanceof TemplateError || error instanceof TemplateSyntaxError) return error.message;
    throw error;
  }
}

test.each([...FUNCTIONS.keys()])('%s tells in no message what it was called with', (name) => {
  const messages = calls(name).map((call) => `${call}: ${messageOf(call)}`);
  expect(messages.filter((message) => /canary|3456789/u.test(message))).toEqual([]);
});
