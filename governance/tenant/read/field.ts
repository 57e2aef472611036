import { isArray, isObject, type Json } from '#contract/json.ts';
import { distance } from '../../../injector/annotations/nearest.ts';
import type { Form } from './form.ts';
import { type Report, SILENT } from './report.ts';

/** A value of a document, and where problems with it are to be told. Nothing and `null` are the same, as in Kubernetes. */
export interface Field {
  readonly value: Json | undefined;
  readonly path: readonly string[];
  readonly report: Report;
}

export const isAbsent = (field: Field): boolean => field.value === undefined || field.value === null;

/** Notes a problem with a field. */
export function refuse({ report, path }: Field, message: string): void {
  report.problem(path, message);
}

/** What was meant, if it is near enough to be guessed, to go on with a sentence. */
export function nearest(word: string, known: readonly string[]): string {
  const [best] = known
    .map((one) => ({ one, far: distance(word.toLowerCase(), one.toLowerCase()) }))
    .toSorted((a, b) => a.far - b.far);
  const isNear = best !== undefined && best.far <= Math.max(1, Math.floor(best.one.length / 3));
  return isNear ? `, and perhaps meant to be ${best.one}` : '';
}

/** The fields of an object, of which only these are known. What is no object has none of them, and nothing more is said of it. */
export function fieldsOf<Name extends string>(
  field: Field,
  names: readonly Name[],
): Readonly<Record<Name, Field>> {
  const entries = entriesOf(field);
  const isKnown = (name: string): boolean => names.some((one) => one === name);
  for (const [name, unknown] of entries)
    if (!isKnown(name)) refuse(unknown, `is unknown${nearest(name, names)}. Known here: ${names.join(', ')}`);
  const found = new Map(entries);
  const report = isAbsent(field) || isObject(field.value) ? field.report : SILENT;
  const missing = (name: string): Field => ({ value: undefined, path: [...field.path, name], report });
  return Object.fromEntries(names.map((name) => [name, found.get(name) ?? missing(name)])) as Readonly<
    Record<Name, Field>
  >;
}

/** The fields of an object whose keys are data. */
export function entriesOf(field: Field): readonly (readonly [string, Field])[] {
  if (isAbsent(field)) return [];
  if (isObject(field.value))
    return Object.entries(field.value).map(([name, value]) => [
      name,
      { ...field, value, path: [...field.path, name] },
    ]);
  refuse(field, 'must be a map of fields');
  return [];
}

/** The items of a list; none if it is absent. */
export function itemsOf(field: Field): readonly Field[] {
  if (isAbsent(field)) return [];
  if (isArray(field.value))
    return field.value.map((value, index) => ({ ...field, value, path: [...field.path, String(index)] }));
  refuse(field, 'must be a list');
  return [];
}

/** The items of a list that has to have some. */
export function someItemsOf(field: Field, message: string): readonly Field[] {
  const items = itemsOf(field);
  if (items.length === 0 && (isAbsent(field) || isArray(field.value))) refuse(field, message);
  return items;
}

/** A text of a form; undefined, and a problem, if it is none. Absent it is the fallback, or a problem if there is none. */
export function readText(field: Field, form: Form, fallback?: string): string | undefined {
  if (isAbsent(field)) {
    if (fallback === undefined) refuse(field, `is missing; it is to be ${form.says}`);
    return fallback;
  }
  const { value } = field;
  if (typeof value !== 'string')
    refuse(field, `must be a text, ${form.says}${typeof value === 'object' ? '' : '; put it in quotes'}`);
  else if (form.fits(value)) return value;
  else refuse(field, `${form.isPrivate ? '' : `is ${JSON.stringify(value)}, and `}must be ${form.says}`);
  return undefined;
}

/** One of a few words. */
export function readChoice<T extends string>(field: Field, choices: readonly T[], fallback: T): T {
  if (isAbsent(field)) return fallback;
  const found = choices.find((choice) => choice === field.value);
  if (found === undefined) {
    const near = typeof field.value === 'string' ? nearest(field.value, choices) : '';
    refuse(field, `is ${JSON.stringify(field.value)}, and must be one of ${choices.join(', ')}${near}`);
  }
  return found ?? fallback;
}

/** A whole number from 1 up. */
export function readCount(
  field: Field,
  { says, most }: { readonly says: string; readonly most: number },
  fallback?: number,
): number | undefined {
  if (isAbsent(field) && fallback !== undefined) return fallback;
  const { value } = field;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most) return value;
  refuse(field, `${isAbsent(field) ? 'is missing' : `is ${JSON.stringify(value)}`}; it is to be ${says}`);
  return undefined;
}

/** Texts of a form, sorted. Each may stand there once. */
export function readTexts(field: Field, form: Form): readonly string[] {
  return distinct(itemsOf(field).map((item) => ({ item, key: readText(item, form) })));
}

/** What is there, sorted, with a problem for what stands there again. */
function distinct(
  found: readonly { readonly item: Field; readonly key: string | undefined }[],
): readonly string[] {
  const seen = new Set<string>();
  for (const { item, key } of found) {
    if (key === undefined) continue;
    if (seen.has(key)) refuse(item, `${JSON.stringify(key)} stands here twice`);
    seen.add(key);
  }
  return [...seen].toSorted();
}
