import { isArray, isObject, type Json, type JsonObject } from '#contract/json.ts';

/** One operation of a JSON Patch (RFC 6902). */
export type Operation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: Json }
  | { readonly op: 'remove'; readonly path: string };

/**
 * The operations that turn one value into another. Members and list entries that are equal in both are not mentioned:
 * lists whose entries have names of their own (containers, volumes, variables, mounts) are compared name by name, so that
 * an insertion rewrites no neighbour.
 */
export function patch(before: Json, after: Json): readonly Operation[] {
  const operations: Operation[] = [];
  compare(before, after, { path: '', operations });
  return operations;
}

interface Place {
  /** A JSON Pointer (RFC 6901). */
  readonly path: string;
  readonly operations: Operation[];
}

function compare(before: Json, after: Json, place: Place): void {
  if (before === after) return;
  if (isObject(before) && isObject(after)) compareObjects(before, after, place);
  else if (isArray(before) && isArray(after)) compareLists(before, after, place);
  else place.operations.push({ op: 'replace', path: place.path, value: after });
}

function compareObjects(before: JsonObject, after: JsonObject, place: Place): void {
  for (const key of Object.keys(before)) {
    if (!Object.hasOwn(after, key)) place.operations.push({ op: 'remove', path: below(place.path, key) });
  }
  for (const [key, value] of Object.entries(after)) {
    const old = Object.hasOwn(before, key) ? before[key] : undefined;
    // Most of a pod stays as it is, and needs no path.
    if (old === value) continue;
    const path = below(place.path, key);
    if (old === undefined) place.operations.push({ op: 'add', path, value });
    else compare(old, value, { ...place, path });
  }
}

function compareLists(before: readonly Json[], after: readonly Json[], place: Place): void {
  const id = IDENTITIES.find((field) => isIdentity(field, before) && isIdentity(field, after));
  if (id !== undefined) return compareNamed(before, after, { ...place, id });
  if (before.length !== after.length) {
    place.operations.push({ op: 'replace', path: place.path, value: after });
    return undefined;
  }
  for (const [index, value] of after.entries())
    compare(before[index] ?? null, value, { ...place, path: below(place.path, String(index)) });
  return undefined;
}

/** What tells the entries of a list apart. Mounts name their volume, of which there may be several. */
const IDENTITIES = ['mountPath', 'name'] as const;

function isIdentity(field: string, list: readonly Json[]): boolean {
  const names = list.map((entry) => (isObject(entry) ? entry[field] : undefined));
  return names.every((name) => typeof name === 'string') && new Set(names).size === names.length;
}

/** Walks the wanted list; what is in the way there goes, and comes back where it is wanted. */
function compareNamed(before: readonly Json[], after: readonly Json[], place: Place & { id: string }): void {
  const nameOf = (entry: Json | undefined): Json | undefined =>
    isObject(entry) ? entry[place.id] : undefined;
  const present = [...before];
  const names = new Set(before.map(nameOf));
  const wanted = new Set(after.map(nameOf));
  const remove = (index: number): void => {
    place.operations.push({ op: 'remove', path: below(place.path, String(index)) });
    for (const entry of present.splice(index, 1)) names.delete(nameOf(entry));
  };
  for (let index = present.length - 1; index >= 0; index -= 1) {
    if (!wanted.has(nameOf(present[index]))) remove(index);
  }
  for (const [index, value] of after.entries()) {
    const path = below(place.path, String(index));
    if (names.has(nameOf(value))) {
      while (nameOf(present[index]) !== nameOf(value)) remove(index);
      compare(present[index] ?? null, value, { ...place, path });
    } else {
      place.operations.push({ op: 'add', path, value });
      present.splice(index, 0, value);
    }
  }
}

/** RFC 6901, section 3. */
function below(path: string, key: string): string {
  return `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
