import { stringify } from 'yaml';
import { isArray, isObject, type Json, type JsonObject } from '#contract/json.ts';

/** A line of a comparison: what is there now, what is gone, or where that is. */
export interface DiffLine {
  readonly mark: '+' | '-' | ' ';
  readonly text: string;
}

/**
 * What is different between two objects, as YAML, with the way to it and nothing else: what stays is not shown, so that no
 * value of a pod's environment is.
 */
export function diff(before: JsonObject, after: JsonObject): readonly DiffLine[] {
  return compareObjects(before, after, 0);
}

function compareObjects(before: JsonObject, after: JsonObject, depth: number): readonly DiffLine[] {
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  return [
    ...gone.flatMap((key) => whole('-', { [key]: before[key] ?? null }, depth)),
    ...Object.entries(after).flatMap(([key, value]) => {
      if (!Object.hasOwn(before, key)) return whole('+', { [key]: value }, depth);
      return compareField(key, before[key] ?? null, value, depth);
    }),
  ];
}

function compareField(key: string, before: Json, after: Json, depth: number): readonly DiffLine[] {
  if (same(before, after)) return [];
  const head: DiffLine = { mark: ' ', text: `${indent(depth)}${yamlOf(key)}:` };
  if (isObject(before) && isObject(after)) return [head, ...compareObjects(before, after, depth + 1)];
  if (isArray(before) && isArray(after)) return [head, ...compareLists(before, after, depth)];
  return [...whole('-', { [key]: before }, depth), ...whole('+', { [key]: after }, depth)];
}

/** Entries are told by their names, and hang below the list's key as Kubernetes' own tools have them. */
function compareLists(before: readonly Json[], after: readonly Json[], depth: number): readonly DiffLine[] {
  const gone = before.filter((one) => entry(after, identity(one)) === undefined);
  return [
    ...gone.flatMap((one) => whole('-', [one], depth)),
    ...after.flatMap((one) => {
      const old = entry(before, identity(one));
      if (old === undefined) return whole('+', [one], depth);
      if (same(old, one) || !isObject(old) || !isObject(one)) return [];
      const head: DiffLine = { mark: ' ', text: `${indent(depth)}- ${identity(one)}` };
      return [head, ...compareObjects(old, one, depth + 1)];
    }),
  ];
}

const entry = (list: readonly Json[], id: string): Json | undefined =>
  list.find((one) => identity(one) === id);

const IDENTITIES = ['mountPath', 'name'] as const;

/** What an entry of a list is called, as a line of YAML. */
function identity(value: Json): string {
  const field = isObject(value) ? IDENTITIES.find((one) => typeof value[one] === 'string') : undefined;
  return isObject(value) && field !== undefined
    ? `${field}: ${yamlOf(value[field] ?? '')}`
    : JSON.stringify(value);
}

const same = (a: Json, b: Json): boolean => JSON.stringify(a) === JSON.stringify(b);

const indent = (depth: number): string => '  '.repeat(depth);

function whole(mark: DiffLine['mark'], value: Json, depth: number): readonly DiffLine[] {
  const lines = yamlOf(shortened(value)).split('\n');
  return lines.map((line) => ({ mark, text: indent(depth) + line }));
}

const yamlOf = (value: Json): string =>
  stringify(value, {
    lineWidth: 0,
    indentSeq: false,
    aliasDuplicateObjects: false,
    version: '1.1',
  }).trimEnd();

const SHOWN_CHARACTERS = 24;
const LONG_CHARACTERS = 120;

/** Nobody reads the agent's configuration in base64. */
function shortened(value: Json): Json {
  if (isArray(value)) return value.map(shortened);
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, shortened(field)]));
  if (typeof value !== 'string' || value.length <= LONG_CHARACTERS) return value;
  return `${value.slice(0, SHOWN_CHARACTERS)}… (${value.length} characters)`;
}
