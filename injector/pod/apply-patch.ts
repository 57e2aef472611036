import { isDeepStrictEqual } from 'node:util';
import { isArray, isObject, type Json, type JsonObject } from '#contract/json.ts';
import type { ContainerOperation } from '../annotations/container-patch.ts';

/** What became of a patch: the whole of it, or nothing. */
export type Applied =
  | { readonly value: Json }
  /** Why not: an operation, counted from 1, and what it misses. */
  | { readonly fault: string };

/** In characters. Each copy can double a document, so that a short patch would make more of it than fits anywhere. */
const MOST_COPIED = 256 * 1024;

/** Applies a JSON Patch (RFC 6902). Nothing of the document is changed in place. */
export function applyPatch(document: Json, operations: readonly ContainerOperation[]): Applied {
  let value = document;
  let room = MOST_COPIED;
  for (const [index, operation] of operations.entries()) {
    if (operation.op === 'copy') room -= extent(valueAt(value, pointerOf(operation.from)), room);
    const applied = room < 0 ? TOO_MUCH : applyOne(value, operation);
    if ('fault' in applied) return { fault: `operation ${index + 1} (${operation.op}): ${applied.fault}` };
    ({ value } = applied);
  }
  return { value };
}

const TOO_MUCH: Applied = { fault: `more than ${MOST_COPIED} characters are copied by now` };

/** About how long a value is in JSON. Nothing is looked at beyond `most`. */
function extent(value: Json | undefined, most: number): number {
  const rest: Json[] = [value ?? null];
  let length = 0;
  for (let next = rest.pop(); next !== undefined && length <= most; next = rest.pop()) {
    length += typeof next === 'string' ? next.length : 1;
    if (isArray(next)) for (const item of next) rest.push(item);
    else if (isObject(next))
      for (const [key, inner] of Object.entries(next)) {
        length += key.length;
        rest.push(inner);
      }
  }
  return length;
}

function applyOne(document: Json, operation: ContainerOperation): Applied {
  const to = pointerOf(operation.path);
  switch (operation.op) {
    case 'add':
      return change(document, to, put(operation.value));
    case 'remove':
      return change(document, to, drop);
    case 'replace':
      return replaced(document, to, operation.value);
    case 'test': {
      const found = valueAt(document, to);
      const holds = found !== undefined && isDeepStrictEqual(found, operation.value);
      return holds ? { value: document } : { fault: `${operation.path} is something else` };
    }
    case 'copy':
    case 'move':
      return transferred(document, operation);
  }
}

function replaced(document: Json, to: readonly string[], value: Json): Applied {
  if (valueAt(document, to) === undefined) return missing(to);
  return to.length === 0 ? { value } : change(document, to, overwrite(value));
}

function transferred(
  document: Json,
  { op, path, from }: ContainerOperation & { readonly from: string },
): Applied {
  const source = pointerOf(from);
  const found = valueAt(document, source);
  if (found === undefined) return missing(source);
  if (op === 'copy') return change(document, pointerOf(path), put(found));
  if (path.startsWith(`${from}/`)) return { fault: `${from} cannot be moved into itself` };
  const without = change(document, source, drop);
  return 'fault' in without ? without : change(without.value, pointerOf(path), put(found));
}

/** RFC 6901, section 4. */
const pointerOf = (path: string): readonly string[] =>
  path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

const missing = (pointer: readonly string[]): Applied => ({ fault: `there is no /${pointer.join('/')}` });

function valueAt(document: Json, pointer: readonly string[]): Json | undefined {
  let value: Json | undefined = document;
  for (const part of pointer) {
    if (isArray(value)) value = value[indexOf(part, value.length - 1) ?? -1];
    else value = isObject(value) && Object.hasOwn(value, part) ? value[part] : undefined;
    if (value === undefined) return undefined;
  }
  return value;
}

/** Neither a sign nor a leading zero. */
function indexOf(part: string, last: number): number | undefined {
  const index = /^(?:0|[1-9]\d{0,6})$/u.test(part) ? Number(part) : undefined;
  return index === undefined || index > last ? undefined : index;
}

/** Does something to the last part of a pointer. Undefined if there is nothing to do it to. */
interface Edit {
  list(list: readonly Json[], part: string): readonly Json[] | undefined;
  object(object: JsonObject, part: string): JsonObject | undefined;
}

const put = (value: Json): Edit => ({
  list(list, part) {
    const index = part === '-' ? list.length : indexOf(part, list.length);
    return index === undefined ? undefined : list.toSpliced(index, 0, value);
  },
  object: (object, part) => ({ ...object, [part]: value }),
});

const overwrite = (value: Json): Edit => ({
  list: (list, part) => list.with(Number(part), value),
  object: (object, part) => ({ ...object, [part]: value }),
});

const drop: Edit = {
  list(list, part) {
    const index = indexOf(part, list.length - 1);
    return index === undefined ? undefined : list.toSpliced(index, 1);
  },
  object(object, part) {
    if (!Object.hasOwn(object, part)) return undefined;
    return Object.fromEntries(Object.entries(object).filter(([key]) => key !== part));
  },
};

function change(document: Json, pointer: readonly string[], edit: Edit): Applied {
  const value = edited(document, pointer, edit);
  return value === undefined ? missing(pointer) : { value };
}

function edited(value: Json, [part, ...rest]: readonly string[], edit: Edit): Json | undefined {
  // The whole document: only a list or an object has parts to be edited.
  if (part === undefined) return undefined;
  if (rest.length === 0) {
    if (isArray(value)) return edit.list(value, part);
    return isObject(value) ? edit.object(value, part) : undefined;
  }
  const inner = valueAt(value, [part]);
  const after = inner === undefined ? undefined : edited(inner, rest, edit);
  if (after === undefined) return undefined;
  if (isArray(value)) return value.with(Number(part), after);
  return isObject(value) ? { ...value, [part]: after } : undefined;
}
