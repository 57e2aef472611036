import { bindingFor } from '../../../governance/cel/binding.ts';
import { judge } from '../../../governance/cel/judge.ts';
import type { Policy } from '../../../governance/policy/policy.ts';
import type { Case } from '../cases/case.ts';
import { SETTINGS } from '../cases/namespaces.ts';
import { type Engine, noted, type Outcome, outcomesOf } from './engine.ts';
import { inputOf, namespaceObjectOf } from './request.ts';

function outcomeOf(one: Case, policy: Policy): Outcome | undefined {
  const namespaceObject = namespaceObjectOf(one);
  const enforcement = namespaceObject === undefined ? 'deny' : bindingFor(SETTINGS, namespaceObject);
  if (enforcement === 'exempt') return undefined;
  const { verdict, message = '', auditAnnotations } = judge(policy, inputOf(one));
  if (verdict === 'failed') throw new Error(`${policy.name}, ${one.name}: ${message}`);
  const notes = noted(Object.entries(auditAnnotations));
  if (verdict !== 'denied') return { verdict: 'allowed', ...notes };
  return { verdict: enforcement === 'deny' ? 'denied' : 'told', message, ...notes };
}

/** Sidekey itself, offline. */
export const TYPESCRIPT: Engine = {
  name: 'TypeScript',
  canJudge: () => true,
  judgeAll: async (policies, cases) => outcomesOf(policies, cases, outcomeOf),
};
