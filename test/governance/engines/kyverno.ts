import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { isArray, isObject, type JsonObject, objectIn, textIn } from '#contract/json.ts';
import { kyvernoPolicies } from '../../../governance/policy/kyverno.ts';
import type { Policy } from '../../../governance/policy/policy.ts';
import { kyvernoBinary } from '../../servers/kyverno.ts';
import { NAMESPACES, SETTINGS } from '../cases/namespaces.ts';
import type { Case } from '../cases/case.ts';
import { type Engine, noted, type Outcome, outcomesOf } from './engine.ts';
import { admissionRequestOf } from './request.ts';

/** What one of Kyverno's policies made of the case with this uid. */
export interface Result {
  readonly uid: string;
  /** As Kyverno knows it. */
  readonly policy: string;
  readonly result: string;
  readonly message: string;
  /** Notes, among things of its own. */
  readonly properties: JsonObject;
}

const AUDITED = '-audit';

/** What Kyverno itself notes of a result. */
const OWN_PROPERTIES = new Set(['cel.validationIndex', 'process']);

/** Rendered for a cluster without other policies. */
export const rendered = (policies: readonly Policy[]): readonly JsonObject[] =>
  policies.flatMap((policy) => kyvernoPolicies(policy, SETTINGS, 'enforce'));

/**
 * The outcomes of results. A skipped policy allows.
 *
 * @throws {Error} If one could not be evaluated.
 */
export function resultsAsOutcomes(
  results: readonly Result[],
  policies: readonly Policy[],
  cases: readonly Case[],
): ReturnType<typeof outcomesOf> {
  const failed = results.find(({ result }) => !['pass', 'fail', 'skip'].includes(result));
  if (failed !== undefined) throw new Error(`Kyverno: ${JSON.stringify(failed)}`);
  const uids = new Map(cases.map((one, index) => [one.name, uidOf(index)]));
  const known = new Map(
    results
      .filter(({ result }) => result !== 'skip')
      .map((result) => [`${result.uid} ${result.policy}`, result]),
  );
  return outcomesOf(policies, cases, (one, { name }) => {
    const uid = uids.get(one.name) ?? '';
    const enforced = known.get(`${uid} ${name}`);
    const audited = known.get(`${uid} ${name}${AUDITED}`);
    if (enforced !== undefined) return outcomeOf(enforced, 'denied');
    return audited === undefined ? undefined : outcomeOf(audited, 'told');
  });
}

function outcomeOf({ result, message, properties }: Result, objection: 'denied' | 'told'): Outcome {
  const notes = noted(Object.entries(properties).filter(([key]) => !OWN_PROPERTIES.has(key)));
  return result === 'pass' ? { verdict: 'allowed', ...notes } : { verdict: objection, message, ...notes };
}

export const uidOf = (index: number): string => `case-${index}`;

/**
 * What Kyverno printed, which is nothing if it has nothing to report.
 *
 * @throws {Error} If it complains. It ends with 1 when a policy fails, so its exit code says nothing.
 */
export async function runKyverno(args: readonly string[], stdin = ''): Promise<string> {
  const child = spawn(await kyvernoBinary(), args, { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(stdin);
  const [output, complaint] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (output === '' && complaint !== '') throw new Error(`Kyverno: ${complaint.trim()}`);
  return output;
}

/** Kyverno's engine, asked as its webhook asks it: with whole admission requests. */
export const KYVERNO: Engine = {
  name: 'Kyverno',
  canJudge: () => true,
  async judgeAll(policies, cases) {
    const requests = cases.map((one, index) => admissionRequestOf(one, uidOf(index)));
    const asked = { policies: rendered(policies), namespaces: NAMESPACES, requests };
    const answers: unknown = JSON.parse(await runKyverno(['admission'], JSON.stringify(asked)));
    if (!isArray(answers)) throw new TypeError('Kyverno printed no list');
    return resultsAsOutcomes(answers.filter(isObject).map(resultOf), policies, cases);
  },
};

const resultOf = (answer: JsonObject): Result => ({
  uid: textIn(answer, 'uid'),
  policy: textIn(answer, 'policy'),
  result: textIn(answer, 'result'),
  message: textIn(answer, 'message'),
  properties: objectIn(answer, 'properties'),
});
