import { isArray, isObject, type Json, type JsonObject } from '#contract/json.ts';

/**
 * What a reader of YAML 1.1 or 1.2 takes for a text without quotes: it begins with a letter, so it is no number and no time,
 * and a colon in it has something behind it.
 */
const PLAIN = /^[a-z/][\w./@*-]*(?::[\w./@*-]+)*$/iu;

/** What some reader takes for something else: `e1` and `E-0` for numbers without digits before them. */
const WORDS = /^(?:y|n|yes|no|on|off|true|false|null|e-?[\d_]+)$/iu;

/** Some of these end a line in YAML, and none can be seen. */
// oxlint-disable-next-line no-control-regex -- They are what is looked for.
const UNSEEN = /[\u007f-\u009f\u2028\u2029\ufeff]/gu;

/** Lines that a block can hold as they are: nothing in them is unseen, and the first and the last are not empty. */
const BLOCK = /^[^\p{C}\p{Z}](?: |[^\p{C}\p{Z}]|\n(?!$))*$/u;

const LONGEST_LIST = 100;

/** Objects as documents of one file. */
export const yamlDocuments = (objects: readonly JsonObject[]): string =>
  objects.map(yamlDocument).join('---\n');

function yamlDocument(object: JsonObject): string {
  return Object.keys(object).length === 0 ? '{}\n' : `${block(object, '').slice(1)}\n`;
}

/** What stands behind a key or a dash: a blank and a scalar, or lines of their own. */
function block(value: Json, indent: string): string {
  if (isArray(value)) return oneLine(value) ?? value.map((item) => listItem(item, indent)).join('');
  if (!isObject(value)) return ` ${typeof value === 'string' ? text(value, indent) : JSON.stringify(value)}`;
  const fields = Object.entries(value);
  return fields.length === 0 ? ' {}' : fields.map((field) => line(field, indent)).join('');
}

/** A list that fits beside its key: a few scalars, or nothing. */
function oneLine(items: readonly Json[]): string | undefined {
  if (items.some((item) => typeof item === 'object' && item !== null)) return undefined;
  const words = items.map((item) => (typeof item === 'string' ? scalar(item) : JSON.stringify(item)));
  const whole = ` [${words.join(', ')}]`;
  return whole.length <= LONGEST_LIST ? whole : undefined;
}

const line = ([key, value]: [string, Json], indent: string): string =>
  `\n${indent}${scalar(key)}:${block(value, isArray(value) ? indent : `${indent}  `)}`;

/** The first field of an object stands beside the dash. */
function listItem(item: Json, indent: string): string {
  const inner = block(item, `${indent}  `);
  return `\n${indent}-${inner.startsWith('\n') ? ` ${inner.trimStart()}` : inner}`;
}

/** Quotas of many tenants say the same words over and over. */
const KNOWN_WORDS = new Map<string, string>();
const MOST_WORDS = 10_000;

function scalar(value: string): string {
  const known = KNOWN_WORDS.get(value);
  if (known !== undefined) return known;
  const word = PLAIN.test(value) && !WORDS.test(value) ? value : quoted(value);
  if (KNOWN_WORDS.size >= MOST_WORDS) KNOWN_WORDS.clear();
  KNOWN_WORDS.set(value, word);
  return word;
}

const quoted = (value: string): string =>
  JSON.stringify(value).replaceAll(
    UNSEEN,
    (letter) => String.raw`\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

function text(value: string, indent: string): string {
  const body = value.endsWith('\n') ? value.slice(0, -1) : value;
  if (!body.includes('\n') || !BLOCK.test(body)) return scalar(value);
  const lines = body.split('\n').map((one) => (one === '' ? '' : `${indent}${one}`));
  return `|${body === value ? '-' : ''}\n${lines.join('\n')}`;
}
