import { isArray, isObject, type Json, type JsonObject } from '#contract/json.ts';
import type { Difference, Path } from './difference.ts';

/** How objects of one kind are held against each other. */
export interface Comparison {
  /** Whether a field that nobody declares is a difference. */
  isOurs(path: Path): boolean;
  /** Whether two values mean the same although they are written differently. */
  isSame(path: Path, want: Json, have: Json): boolean;
  /** Whether a field that nobody declares is what the server fills in where nothing is said. */
  isDefault(path: Path, have: Json): boolean;
}

/**
 * Where what there is differs from what was declared. Fields that were not declared count only where `isOurs` says so; lists
 * are sets, whatever their order, and always declared as a whole. Nothing, `null` and an empty list are the same.
 */
export function compare(want: Json, have: Json | undefined, how: Comparison): readonly Difference[] {
  return differences({ path: [], want, have, how });
}

interface Pair {
  readonly path: Path;
  readonly want: Json;
  readonly have: Json | undefined;
  readonly how: Comparison;
}

function differences({ path, want, have, how }: Pair): readonly Difference[] {
  if (isNothing(have)) return isNothing(want) ? [] : [{ kind: 'missing', path, want }];
  if (isNothing(want)) return surplus(path, have, how);
  if (isArray(want) && isArray(have)) return inLists({ path, want, have, how });
  if (isObject(want) && isObject(have)) return inObjects({ path, want, have, how });
  return want === have || how.isSame(path, want, have) ? [] : [{ kind: 'changed', path, want, have }];
}

const isNothing = (value: Json | undefined): value is null | undefined =>
  value === undefined || value === null || (isArray(value) && value.length === 0);

/** What nobody declares: what counts may be within it. */
function surplus(path: Path, have: Json, how: Comparison): readonly Difference[] {
  if (how.isOurs(path)) return how.isDefault(path, have) ? [] : [{ kind: 'extra', path, have }];
  if (!isObject(have)) return [];
  return Object.entries(have).flatMap(([key, value]) =>
    isNothing(value) ? [] : surplus([...path, key], value, how),
  );
}

interface ObjectPair extends Pair {
  readonly want: JsonObject;
  readonly have: JsonObject;
}

function inObjects({ path, want, have, how }: ObjectPair): readonly Difference[] {
  const declared = Object.entries(want).flatMap(([key, value]) =>
    differences({ path: [...path, key], want: value, have: ownField(have, key), how }),
  );
  const undeclared = Object.entries(have).flatMap(([key, value]) =>
    Object.hasOwn(want, key) || isNothing(value) ? [] : surplus([...path, key], value, how),
  );
  return [...declared, ...undeclared];
}

const ownField = (object: JsonObject, key: string): Json | undefined =>
  Object.hasOwn(object, key) ? object[key] : undefined;

interface ListPair extends Pair {
  readonly want: readonly Json[];
  readonly have: readonly Json[];
}

/** Items that are the same cancel out; of the rest, those of one name are one item that has changed. */
function inLists({ path, want, have, how }: ListPair): readonly Difference[] {
  const left = have.map((item, index) => ({ item, index }));
  const take = (fits: (item: Json) => boolean): { item: Json; index: number } | undefined => {
    const at = left.findIndex(({ item }) => fits(item));
    return at < 0 ? undefined : left.splice(at, 1)[0];
  };
  const changed = want.flatMap((item, index) => {
    const same = take(
      (other) => differences({ path: [...path, index], want: item, have: other, how }).length === 0,
    );
    return same === undefined ? [{ item, index }] : [];
  });
  const found = changed.flatMap(({ item, index }): readonly Difference[] => {
    const other = take((one) => isNamesake(item, one));
    const at = [...path, index];
    if (other === undefined) return [{ kind: 'missing', path: at, want: item }];
    return differences({ path: at, want: item, have: other.item, how });
  });
  const rest = left.map(({ item, index }): Difference => ({
    kind: 'extra',
    path: [...path, index],
    have: item,
  }));
  return [...found, ...rest];
}

/** What tells items of a list apart, in the order in which it counts. */
const NAMES = ['name', 'key', 'type'] as const;

function isNamesake(a: Json, b: Json): boolean {
  if (!isObject(a) || !isObject(b)) return false;
  const name = NAMES.find((field) => typeof a[field] === 'string');
  return name !== undefined && a[name] === b[name] && a['kind'] === b['kind'];
}
