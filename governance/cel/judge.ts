import type { JsonObject } from '#contract/json.ts';
import type { Policy } from '../policy/policy.ts';
import { type AdmissionInput, isMatched, requestValue } from './admission.ts';
import type { Scope } from './environment.ts';
import { type Program, programOf, withVariables } from './program.ts';
import { celObject } from './value.ts';

/** What one policy makes of one request. */
export interface Judgement {
  /**
   * `not-matched`: the policy is not about such requests. `failed`: its expressions could not be evaluated, and the policy
   * says that this is to be ignored.
   */
  readonly verdict: 'allowed' | 'denied' | 'not-matched' | 'failed';
  /** Why it is denied, or what failed. */
  readonly message?: string;
  /** Which validation denies. */
  readonly validationIndex?: number;
  /** What is noted in the audit log, by key. */
  readonly auditAnnotations: Readonly<Record<string, string>>;
}

/** Longer messages are not shown by the API server. */
const LARGEST_MESSAGE = 5 * 1024;

const NO_NOTES = {};

/**
 * What the API server would decide for a request that no binding keeps from the policy.
 *
 * @throws {Error} If the policy itself is wrong: one of its expressions cannot be compiled.
 */
export function judge(policy: Policy, request: AdmissionInput): Judgement {
  if (!isMatched(policy.resources, request)) return { verdict: 'not-matched', auditAnnotations: NO_NOTES };
  const program = programOf(policy);
  const scope = scopeOf(request);
  const condition = conditionsHold(program, scope);
  if (condition instanceof Error) return failure(policy, condition);
  if (!condition) return { verdict: 'not-matched', auditAnnotations: NO_NOTES };
  const full = withVariables(program, scope);
  return { ...checked(policy, program, full), auditAnnotations: notes(program, full) };
}

type Bare = Omit<Scope, 'variables'>;

/** All policies are shown the same request, and many requests are made in one namespace. Neither ever changes. */
const scopes = new WeakMap<AdmissionInput, Bare>();
const namespaces = new WeakMap<JsonObject, unknown>();

function scopeOf(request: AdmissionInput): Bare {
  const known = scopes.get(request);
  if (known !== undefined) return known;
  const { operation, object, oldObject, namespaceObject } = request;
  const removed = operation === 'DELETE';
  const scope = {
    object: removed ? null : celObject(object),
    oldObject: removed ? celObject(object) : oldObject === undefined ? null : celObject(oldObject),
    namespaceObject: namespaceObject === undefined ? null : namespaceValue(namespaceObject),
    request: requestValue(request),
  };
  scopes.set(request, scope);
  return scope;
}

function namespaceValue(object: JsonObject): unknown {
  const known = namespaces.get(object);
  if (known !== undefined) return known;
  const value = celObject(object);
  namespaces.set(object, value);
  return value;
}

/** One that is false decides, even if another cannot be evaluated. They see neither the namespace nor any variable. */
function conditionsHold({ conditions }: Program, scope: Bare): boolean | Error {
  const bare = { ...scope, namespaceObject: null, variables: {} };
  const answers = conditions.map(({ expression }) => attempt(() => expression(bare)));
  if (answers.includes(false)) return false;
  return answers.find((answer) => answer instanceof Error) ?? answers.every((answer) => answer === true);
}

function attempt<T>(evaluate: () => T): T | Error {
  try {
    return evaluate();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

type Verdict = Omit<Judgement, 'auditAnnotations'>;

function failure({ failurePolicy }: Policy, error: Error): Judgement {
  return { ...failed(failurePolicy, error), auditAnnotations: NO_NOTES };
}

function failed(failurePolicy: Policy['failurePolicy'], error: Error): Verdict {
  // The first line alone: those after it show the place in the expression.
  const [message = ''] = error.message.split('\n');
  const verdict = failurePolicy === 'Fail' ? 'denied' : 'failed';
  return { verdict, message: `Cannot evaluate the policy for this object: ${message}` };
}

/** The first validation that is not true decides. */
function checked({ failurePolicy }: Policy, { checks }: Program, scope: Scope): Verdict {
  for (const [validationIndex, { expression, messageExpression, validation }] of checks.entries()) {
    const answer = attempt(() => expression(scope));
    if (answer instanceof Error) return { ...failed(failurePolicy, answer), validationIndex };
    if (answer === true) continue;
    const said = messageExpression === undefined ? '' : attempt(() => messageExpression(scope));
    return { verdict: 'denied', message: sayable(said) ?? validation.message.trim(), validationIndex };
  }
  return { verdict: 'allowed' };
}

/** A message that the API server passes on: one line of text, and not too long. */
function sayable(said: unknown): string | undefined {
  if (typeof said !== 'string') return undefined;
  const message = said.trim();
  if (message === '' || message.includes('\n')) return undefined;
  return Buffer.byteLength(message) > LARGEST_MESSAGE ? undefined : message;
}

function notes({ notes: all }: Program, scope: Scope): Readonly<Record<string, string>> {
  const values = all.map(({ name, expression }): readonly [string, unknown] => [
    name,
    attempt(() => expression(scope)),
  ]);
  return Object.fromEntries(
    values.flatMap(([name, value]) => {
      const text = typeof value === 'string' ? value.trim() : '';
      return text === '' ? [] : [[name, text]];
    }),
  );
}
