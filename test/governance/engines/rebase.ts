import { isDeepStrictEqual } from 'node:util';
import { isArray, isObject, type Json, type JsonObject, textIn } from '#contract/json.ts';

/**
 * The change from one object to another, made to the object as the server has it: with all that the server has added since.
 * Elements of lists are the same if their names are.
 */
export function rebase(server: JsonObject, before: JsonObject, after: JsonObject): JsonObject {
  const keys = new Set([...Object.keys(server), ...Object.keys(after)]);
  const entries = [...keys].map((key): [string, Json | undefined] => [
    key,
    rebaseValue(server[key], before[key], after[key]),
  ]);
  return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== undefined));
}

type Value = Json | undefined;

function rebaseValue(server: Value, before: Value, after: Value): Value {
  if (isDeepStrictEqual(before, after)) return server;
  if (isObject(server) && isObject(before) && isObject(after)) return rebase(server, before, after);
  if (isArray(server) && isArray(before) && isArray(after)) return rebaseList(server, before, after);
  return after;
}

type List = readonly Json[];

function rebaseList(server: List, before: List, after: List): Value {
  if (![...before, ...after].every((element) => nameIn(element) !== '')) return after;
  const find = (list: List, name: string): Value => list.find((element) => nameIn(element) === name);
  const added = server.filter((element) => find(before, nameIn(element)) === undefined);
  const changed = after.flatMap((element): List => {
    const name = nameIn(element);
    const value = rebaseValue(find(server, name), find(before, name), element);
    return value === undefined ? [] : [value];
  });
  return [...changed, ...added.filter((element) => find(after, nameIn(element)) === undefined)];
}

const nameIn = (element: Json): string => (isObject(element) ? textIn(element, 'name') : '');
