import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isMatched } from '../../../governance/cel/admission.ts';
import { judge } from '../../../governance/cel/judge.ts';
import { policies } from '../../../governance/policy/policies.ts';
import type { Policy } from '../../../governance/policy/policy.ts';
import { CASES } from '../../governance/cases/all.ts';
import { SETTINGS } from '../../governance/cases/namespaces.ts';
import { type Judged, judgeWith, noticed } from '../../governance/engines/agreement.ts';
import { ApiServer } from '../../governance/engines/api-server.ts';
import { KYVERNO } from '../../governance/engines/kyverno.ts';
import { apart, inputOf } from '../../governance/engines/request.ts';
import { TYPESCRIPT } from '../../governance/engines/typescript.ts';
import { chosenMutants, type Mutant, mutantsOf } from '../../governance/mutations.ts';

const POLICIES = policies(SETTINGS);
const ALL = apart(CASES);
const MUTANTS = chosenMutants(POLICIES);
const MUTATED = MUTANTS.map(({ policy }) => policy);

const PATIENCE_MS = 600_000;

let server: ApiServer;
let before: Judged;
const judged: Judged[] = [];

beforeAll(async () => {
  server = await ApiServer.start();
  before = await judgeWith(TYPESCRIPT, POLICIES, ALL);
  for (const engine of [TYPESCRIPT, KYVERNO, server]) judged.push(await judgeWith(engine, MUTATED, ALL));
}, PATIENCE_MS);

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

describe('a clause the other way round', () => {
  test.each(MUTANTS.map((mutant) => [mutant.clause, mutant.origin, mutant] as const))(
    '%s of %s is noticed by every engine',
    async (_, origin, { policy }) => {
      for (const one of judged) {
        expect(noticed(one, policy.name, before, origin).length, one.engine.name).toBeGreaterThan(0);
      }
    },
  );

  test('in how many cases', async ({ annotate }) => {
    const lines = MUTANTS.map(({ origin, policy, clause }) => {
      const counts = judged.map((one) => `${noticed(one, policy.name, before, origin).length}`.padStart(12));
      return `${origin.padEnd(30)}${counts.join('')}  !(${clause})`;
    });
    const names = judged.map(({ engine }) => engine.name.padStart(12)).join('');
    await annotate(['', `${'policy'.padEnd(30)}${names}  mutation`, ...lines].join('\n'));
    expect(lines).toHaveLength(POLICIES.length);
  });
});

/** Beyond this, looking for patterns takes long, and there is nothing to learn. */
const LARGE_OBJECT = 100_000;

const INPUTS = ALL.map(inputOf).filter(({ object }) => JSON.stringify(object).length < LARGE_OBJECT);

/** The mutants of which nobody would notice. */
function survivors(policy: Policy, mutants: readonly Mutant[]): readonly string[] {
  const inputs = INPUTS.filter((input) => isMatched(policy.resources, input));
  const right = inputs.map((input) => JSON.stringify(judge(policy, input)));
  const lives = ({ policy: mutated }: Mutant): boolean =>
    inputs.every((input, index) => JSON.stringify(judge(mutated, input)) === right[index]);
  return mutants.filter(lives).map(({ clause }) => clause);
}

describe('any clause the other way round', () => {
  test.for(POLICIES.map((policy) => [policy.name, policy] as const))(
    'of %s is noticed, but for a few',
    { timeout: PATIENCE_MS },
    async ([, policy], { annotate }) => {
      const mutants = mutantsOf(policy);
      const living = survivors(policy, mutants);
      const count = `${mutants.length - living.length} of ${mutants.length} noticed`;
      await annotate([count, ...living].join('\n  not '));
      expect(living.length).toBeLessThanOrEqual(mutants.length / 5);
    },
  );
});
