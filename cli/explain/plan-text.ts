import type { KeyPlan } from './key-plan.ts';
import type { SyncPlan } from './sync.ts';

/** Where the values come from, in a few words. */
export function sourceText({ source, sourceUnknown }: SyncPlan): string {
  if (sourceUnknown) return 'what its namespace is bound to';
  return source ?? 'templates alone';
}

/** One row for each key that is known by name, and one for the rest. */
export function keyRows({ keys, allKeys }: SyncPlan): readonly (readonly [string, string])[] {
  const rows = keys.map((plan): readonly [string, string] => [plan.key, origin(plan)]);
  return allKeys
    ? [...rows, [rows.length === 0 ? 'all' : 'all others', 'that the source has, under their own names']]
    : rows;
}

function origin({ from, name = '', refs = [], replaces }: KeyPlan): string {
  if (from === 'manifest') return '(a value of its own), which stays';
  const placeholder = replaces === undefined ? '' : `, in place of the ${replaces}`;
  if (from === 'source') return `from ${name}${placeholder}`;
  return `from a template${refs.length === 0 ? '' : ` of ${refs.join(', ')}`}${placeholder}`;
}
