import type { Template } from '#contract/template/tree.ts';
import { USUAL_FUNCTIONS } from './functions/usual.ts';
import type { Functions } from './functions/signature.ts';

/** A template, and the functions that it may call. */
export interface Prepared {
  readonly template: Template;
  readonly functions: Functions;
}

/** Most templates call nothing but usual functions: an agent of such need not read the others, which cost it a megabyte. */
export async function prepare(template: Template): Promise<Prepared> {
  if ([...template.functions].every((name) => USUAL_FUNCTIONS.has(name)))
    return { template, functions: USUAL_FUNCTIONS };
  const { FUNCTIONS } = await import('./functions/table.ts');
  return { template, functions: FUNCTIONS };
}
