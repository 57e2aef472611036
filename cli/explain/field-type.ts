import { isObject, type Json, type JsonObject } from '#contract/json.ts';
import type { Flaw } from './finding.ts';
import { meant } from './words.ts';

const WANTED = { string: 'a text', boolean: 'true or false', object: 'a map' } as const;

/** What is wrong with the type of a field. `null` stands for an absent one. */
export function flawsInType(
  value: Json | undefined,
  path: readonly string[],
  wanted: keyof typeof WANTED,
): readonly Flaw[] {
  const sound = wanted === 'object' ? isObject(value) : typeof value === wanted;
  if (sound || (value ?? undefined) === undefined) return [];
  const isBare = typeof value === 'boolean' || typeof value === 'number';
  const advice = wanted === 'string' && isBare ? '; put it into quotes' : '';
  return [{ path, message: `is ${kindOf(value)}, and has to be ${WANTED[wanted]}${advice}` }];
}

function kindOf(value: Json | undefined): string {
  if (typeof value === 'boolean') return 'a bare true or false (yes, no, on, off, y and n are that too)';
  if (typeof value === 'number') return 'a number';
  if (typeof value === 'string') return 'a text';
  return Array.isArray(value) ? 'a list' : 'a map';
}

/** The fields of an object that are none: kubectl has them refused. */
export function unknownFields(
  object: JsonObject,
  path: readonly string[],
  known: readonly string[],
): readonly Flaw[] {
  const owner = path.join('.') || 'a Secret';
  return Object.keys(object)
    .filter((field) => !known.includes(field))
    .map((field) => ({ path: [...path, field], message: `is no field of ${owner}${meant(field, known)}` }));
}
