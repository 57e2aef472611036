import type { Template } from '#contract/template/tree.ts';
import type { SecretRef } from '../../agent/provider/provider.ts';
import { TemplateError } from '../../agent/template/error.ts';
import { evaluate } from '../../agent/template/evaluate.ts';
import { FUNCTIONS } from '../../agent/template/functions/table.ts';

/** What a template asks the stores for as long as they have not answered, and why it could not even do that. */
export interface TemplateRefs {
  readonly refs: readonly SecretRef[];
  readonly fault?: string;
}

/** Any moment will do: what a template makes of the time is not shown. */
const MOMENT = new Date(0);

export function refsOf(template: Template): TemplateRefs {
  const refs: SecretRef[] = [];
  try {
    evaluate(
      { template, functions: FUNCTIONS },
      {
        has: () => true,
        secret: (ref) => {
          refs.push(ref);
          return undefined;
        },
        env: () => undefined,
        now: () => MOMENT,
      },
    );
    return { refs };
  } catch (error) {
    if (error instanceof TemplateError) return { refs, fault: error.message };
    throw error;
  }
}
