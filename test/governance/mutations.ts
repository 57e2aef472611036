import { Environment } from '@marcbachmann/cel-js';
import type { Policy } from '../../governance/policy/policy.ts';

/** A part of an expression that is true or false. */
interface Clause {
  readonly start: number;
  readonly end: number;
}

/** A policy with one clause the other way round. */
export interface Mutant {
  readonly policy: Policy;
  /** The name of the policy that it was made of. */
  readonly origin: string;
  /** The clause before it was negated. */
  readonly clause: string;
}

const COMPARISONS = new Set(['==', '!=', 'in', '<', '<=', '>', '>=']);
const QUESTIONS = new Set(['startsWith', 'endsWith', 'contains', 'matches', 'isGreaterThan', 'hasValue']);

const ENVIRONMENT = new Environment({ enableOptionalTypes: true, unlistedVariablesAreDyn: true });

function isClause(op: unknown, args: unknown): boolean {
  if (op === 'rcall') return Array.isArray(args) && QUESTIONS.has(String(args[0]));
  return COMPARISONS.has(String(op));
}

/** The smallest clauses, in the order in which they begin. */
function clausesOf(expression: string): readonly Clause[] {
  const found: Clause[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(visit);
    if (typeof node !== 'object' || node === null || !('op' in node && 'args' in node)) return;
    const { start, end } = node as unknown as Clause;
    const inner = found.length;
    visit(node.args);
    const isSmallest = found.length === inner;
    if (isSmallest && isClause(node.op, node.args) && isBalanced(expression.slice(start, end))) {
      found.push({ start, end });
    }
  };
  visit(ENVIRONMENT.parse(expression).ast);
  return found.toSorted((a, b) => a.start - b.start);
}

/** Places in the parsed expression leave out parentheses around it. */
function isBalanced(text: string): boolean {
  const bare = text.replaceAll(/'(?:[^'\\]|\\.)*'/gu, '');
  return bare.split('(').length === bare.split(')').length;
}

/** The expression with each of its clauses negated in turn. */
function negations(expression: string): readonly { readonly clause: string; readonly mutated: string }[] {
  return clausesOf(expression).map(({ start, end }) => {
    const clause = expression.slice(start, end);
    return { clause, mutated: `${expression.slice(0, start)}!(${clause})${expression.slice(end)}` };
  });
}

/** The policy with each clause of its conditions, variables and validations negated in turn. */
export function mutantsOf(policy: Policy): readonly Mutant[] {
  const replacing = (part: 'conditions' | 'variables' | 'validations'): readonly Mutant[] =>
    policy[part].flatMap((old: { readonly expression: string }, place: number) =>
      negations(old.expression).map(({ clause, mutated }) => ({
        origin: policy.name,
        clause,
        policy: {
          ...policy,
          [part]: policy[part].map((one, index) => (index === place ? { ...one, expression: mutated } : one)),
        },
      })),
    );
  return [...replacing('conditions'), ...replacing('variables'), ...replacing('validations')];
}

/** One clause of each policy, such that what is left of the policy without it can be told by hand. */
const CHOSEN: Readonly<Record<string, RegExp>> = {
  // A limit of nothing is a limit.
  'sidekey-gpu-limits': /isGreaterThan/u,
  // Only a wildcard is the name itself.
  'sidekey-gpu-resources': /^a\.endsWith/u,
  // What is allowed is forbidden.
  'sidekey-gpu-device-classes': /^d in variables\.allowed/u,
  // The label must have another value.
  'sidekey-gpu-node-selector': /nodeSelector\[k\] != /u,
  // A variable may say anything but "none".
  'sidekey-gpu-no-bypass': /^e\.\?value\.orValue\(''\) in /u,
  // Only the roles of others may be used.
  'sidekey-store-access': / in variables\.allowedRoles$/u,
  // Whatever has no agent is one.
  'sidekey-injected': /^e\.name == 'SIDEKEY_CONFIG'$/u,
  // A list that is changed is not.
  'sidekey-tenancy-guard': /^variables\.oldAnnotations\[k\] == /u,
  // Whatever is no token of Hugging Face is one.
  'sidekey-no-plaintext-secrets': /^variables\.text\.matches\('hf_/u,
  // What is asked for is not noted.
  'sidekey-audit-trail': /isGreaterThan/u,
};

/**
 * The mutant of each policy that every engine has to notice, under a name of its own.
 *
 * @throws {Error} If a policy has no such clause any more.
 */
export function chosenMutants(policies: readonly Policy[]): readonly Mutant[] {
  return policies.map((policy) => {
    const mutant = mutantsOf(policy).find(({ clause }) => CHOSEN[policy.name]?.test(clause));
    if (mutant === undefined) throw new Error(`${policy.name} has no clause like ${CHOSEN[policy.name]}`);
    return { ...mutant, policy: { ...mutant.policy, name: `${policy.name}-mutated` } };
  });
}
