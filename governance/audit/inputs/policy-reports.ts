import { type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import type { Emit, RowOf } from '../row.ts';
import { shownName } from '../shown.ts';
import { type Document, groupOf } from './document.ts';

/** How many objects passed a policy, and how many did not. */
export interface Results {
  readonly pass: number;
  readonly fail: number;
}

const GROUPS = new Set(['wgpolicyk8s.io', 'openreports.io']);

/** True for the reports of either API, of a namespace or of the cluster. */
export const isPolicyReport = ({ object }: Document): boolean =>
  GROUPS.has(groupOf(object)) && listIn(object, 'results').length > 0;

/** Says what does not comply; the results of each policy, by its name. */
export function emitViolations(
  reports: readonly Document[],
  { emit, tenantOf }: { readonly emit: Emit; tenantOf(namespace: string): string | undefined },
): ReadonlyMap<string, Results> {
  const results = new Map<string, Results>();
  for (const { file, object } of reports)
    for (const result of listIn(object, 'results')) {
      const [policy, verdict] = [textIn(result, 'policy'), textIn(result, 'result')];
      const isBad = verdict === 'fail' || verdict === 'warn' || verdict === 'error';
      const { pass, fail } = results.get(policy) ?? { pass: 0, fail: 0 };
      results.set(policy, { pass: pass + Number(verdict === 'pass'), fail: fail + Number(isBad) });
      for (const subject of isBad ? subjectsOf(result, object) : [])
        emit('violation', {
          ...violation(result, subject),
          tenant: tenantOf(textIn(subject, 'namespace')),
          source: file,
        });
    }
  return results;
}

/** Kyverno's own reports are of one object, and say which beside the results. */
function subjectsOf(result: JsonObject, report: JsonObject): readonly JsonObject[] {
  const named = listIn(result, 'resources');
  return named.length > 0 ? named : [objectIn(report, 'scope')];
}

/** Messages are left out: policies may quote what they found. */
const violation = (result: JsonObject, subject: JsonObject): RowOf<'violation'> => ({
  time: timeOf(objectIn(result, 'timestamp')),
  result: shownName(result['result']),
  policy: shownName(result['policy']),
  rule: shownName(result['rule']),
  severity: shownName(result['severity']),
  namespace: shownName(subject['namespace']),
  kind: shownName(subject['kind']),
  name: shownName(subject['name']),
  uid: shownName(subject['uid']),
  reporter: shownName(result['source']),
});

function timeOf({ seconds }: JsonObject): string | undefined {
  const isTime = typeof seconds === 'number' && Math.abs(seconds) < 1e11;
  return isTime ? new Date(seconds * 1000).toISOString() : undefined;
}
