import type { Template } from '#contract/template/tree.ts';
import type { SecretRef, StoreName } from '../provider/provider.ts';
import { Secret } from '../secret.ts';
import type { ValueMap } from '../value/value.ts';
import { Fault, TemplateError } from './error.ts';
import type { GoValue } from './go/value.ts';
import type { TemplateFiles, WrittenFile } from './files.ts';
import type { Prepared } from './prepare.ts';
import { newBudget, Run } from './run.ts';
import { type Scope, Variables } from './scope.ts';
import { callTemplate, walk } from './walk.ts';

/** All that a template can see. */
export interface TemplateInputs {
  /** True if the agent is configured to use that store. */
  has(store: StoreName): boolean;
  /** The whole answer of the store, or undefined if the secret has yet to be read. */
  secret(ref: SecretRef): ValueMap | undefined;
  env(name: string): string | undefined;
  now(): Date;
  /** Absent where there is nothing but the text. */
  readonly files?: TemplateFiles;
}

/** The text, or the secrets that must be read before there is one. */
export type Evaluation =
  | {
      readonly ok: true;
      /** Bytes that are not UTF-8 are escaped in it: make bytes of it by `encodeText` (`#contract/template/bytes.ts`). */
      readonly text: Secret<string>;
      readonly used: readonly SecretRef[];
      /** Files beside the text, in the order in which they are to be written. */
      readonly written?: readonly WrittenFile[];
    }
  | {
      readonly ok: false;
      /** Asked for and not yet read. More may come to light when these are there. None if another file is waited for. */
      readonly missing: readonly SecretRef[];
      readonly used: readonly SecretRef[];
    };

/**
 * Evaluates a template as Vault Agent does. A secret that has yet to be read is nothing (`with` passes it over), and the
 * whole template is to be evaluated again when it is there. As in Vault Agent, a template that cannot bear that
 * (`index` of nothing) fails even if the secret exists: it needs a `with` around.
 *
 * @throws {TemplateError} If it cannot be rendered with these values, or takes more work than the budget has left; the message
 *   never holds one.
 */
export function evaluate(prepared: Prepared, inputs: TemplateInputs, budget = newBudget()): Evaluation {
  const { template, functions } = prepared;
  const { trees, errorOnMissingKey } = template;
  const expand = (same: Run, name: string, dot: GoValue): void => {
    callTemplate({ ...rootScope(same, trees), dot }, name);
  };
  const run = new Run(inputs, budget, { functions, errorOnMissingKey, expand });
  try {
    walk(rootScope(run, trees), trees.get('') ?? []);
  } catch (error) {
    throw placed(error, template, run);
  }
  const used = [...run.used.values()];
  if (run.missing.size > 0 || run.waits) return { ok: false, missing: [...run.missing.values()], used };
  const { written } = run;
  return { ok: true, text: new Secret(run.text), used, ...(written.length > 0 && { written }) };
}

function rootScope(run: Run, trees: Template['trees']): Scope {
  return { run, trees, dot: undefined, variables: new Variables(undefined) };
}

const HINT = '; a secret has not been read yet at that point: put what uses it inside {{ with secret … }}';

function placed(error: unknown, { text }: Template, { offset, missing }: Run): unknown {
  if (error instanceof Fault) {
    return new TemplateError(text, offset, error.message + (missing.size > 0 ? HINT : ''));
  }
  if (error instanceof RangeError)
    return new TemplateError(text, offset, 'a value is nested too deeply or too large');
  return error;
}
