import { isArray, isObject, type Json, type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import { textsIn } from './document.ts';

/** What the API server writes where nothing was said. */
const DEFAULTS: Readonly<Record<string, Json>> = { matchPolicy: 'Equivalent', scope: '*' };

/** Two objects that mean the same are the same text: what is empty or a default is left out, and what has no order is sorted. */
export const canonical = (value: Json): string => JSON.stringify(prune(value));

function prune(value: Json): Json {
  if (isArray(value)) return value.map(prune).toSorted((one, other) => compareTexts(text(one), text(other)));
  if (!isObject(value)) return value;
  const fields = Object.entries(value)
    .filter(([key, field]) => DEFAULTS[key] !== field)
    .map(([key, field]): [string, Json] => [key, prune(field)])
    .filter(([, field]) => !isEmpty(field));
  return Object.fromEntries(fields.toSorted(([one], [other]) => compareTexts(one, other)));
}

const isEmpty = (value: Json): boolean =>
  value === null || (typeof value === 'object' && Object.keys(value).length === 0);

const text = (value: Json): string => JSON.stringify(value);

export const compareTexts = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

/** The namespaces that a selector picks, for people. */
export function selectorText(selector: JsonObject): string {
  const labels = Object.entries(objectIn(selector, 'matchLabels'));
  const expressions = listIn(selector, 'matchExpressions');
  const texts = [
    ...labels.map(([key, value]) => `${key}=${text(value).replaceAll('"', '')}`),
    ...expressions.map((one) =>
      `${textIn(one, 'key')} ${textIn(one, 'operator')} ${textsIn(one, 'values').join(', ')}`.trim(),
    ),
  ];
  return texts.length === 0 ? 'all namespaces' : texts.join('; ');
}
