import { parseTemplate } from '#contract/template/parse.ts';
import { evaluate, type Evaluation, type TemplateInputs } from '../../../agent/template/evaluate.ts';
import { FUNCTIONS } from '../../../agent/template/functions/table.ts';
import { parseJson } from '../../../agent/value/json.ts';
import { isValueMap, type ValueMap } from '../../../agent/value/value.ts';

/** What a template of a test sees: the JSON of answers by path, an environment, a moment. */
export interface World {
  readonly secrets?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly now?: Date;
  /** How much may be done, where that is not what an agent allows. */
  readonly budget?: number;
}

function inputs({ secrets = {}, env = {}, now = new Date(0) }: World = {}): TemplateInputs {
  const answers = new Map(Object.entries(secrets).map(([path, json]) => [path, body(json)]));
  const variables = new Map(Object.entries(env));
  return {
    has: () => true,
    secret: ({ path }) => answers.get(path),
    env: (name) => variables.get(name),
    now: () => now,
  };
}

function body(json: string): ValueMap {
  const value = parseJson(json);
  if (!isValueMap(value)) throw new Error(`${json} is no object`);
  return value;
}

export function evaluateText(text: string, world: World = {}): Evaluation {
  return evaluate(
    { template: parseTemplate({ text, left: '{{', right: '}}' }), functions: FUNCTIONS },
    inputs(world),
    world.budget === undefined ? undefined : { left: world.budget },
  );
}

/** The text of a template that has all it needs. */
export function rendered(text: string, world: World = {}): string {
  const evaluation = evaluateText(text, world);
  if (!evaluation.ok) throw new Error('A secret is missing');
  return evaluation.text.reveal();
}

/** The text of one action on the data of a secret. */
export const renderedData = (action: string, data: string): string =>
  rendered(`{{ with secret "s" }}{{ ${action} }}{{ end }}`, { secrets: { s: `{"data":${data}}` } });
