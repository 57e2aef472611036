import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isObject, type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import type { Policy } from '../../../governance/policy/policy.ts';
import type { Case } from '../cases/case.ts';
import { NAMESPACES } from '../cases/namespaces.ts';
import type { Engine } from './engine.ts';
import { rendered, type Result, resultsAsOutcomes, runKyverno, uidOf } from './kyverno.ts';
import { requesterOf } from './request.ts';

/** What one call of the command can judge: the user and the operation are the same for all objects. */
interface Batch {
  readonly operation: string;
  readonly user: ReturnType<typeof requesterOf>;
  readonly objects: readonly JsonObject[];
}

function batchesOf(cases: readonly Case[]): readonly Batch[] {
  const objects = cases.map((one, index) => ({
    one,
    object: { ...one.object, metadata: { ...objectIn(one.object, 'metadata'), uid: uidOf(index) } },
  }));
  const groups = Map.groupBy(objects, ({ one }) => JSON.stringify([one.operation, requesterOf(one)]));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { one } = first;
    return [{ operation: one.operation, user: requesterOf(one), objects: group.map(({ object }) => object) }];
  });
}

const stream = (objects: readonly JsonObject[]): string =>
  objects.map((object) => `---\n${JSON.stringify(object)}\n`).join('');

const cli = (kind: string, fields: JsonObject): JsonObject => ({
  apiVersion: 'cli.kyverno.io/v1alpha1',
  kind,
  metadata: { name: 'cases' },
  ...fields,
});

async function apply(directory: string, batch: Batch): Promise<readonly Result[]> {
  const { operation, user, objects } = batch;
  const values = { namespaces: NAMESPACES, globalValues: { 'request.operation': operation } };
  const files = {
    'resources.yaml': stream(objects),
    'values.yaml': stream([cli('Value', values)]),
    'user.yaml': stream([cli('UserInfo', { userInfo: { ...user } })]),
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
  const path = (name: string): string => join(directory, name);
  const inputs = ['-r', path('resources.yaml'), '-f', path('values.yaml'), '-u', path('user.yaml')];
  const report = ['--policy-report', '--output-format', 'json', '--remove-color'];
  return resultsIn(await runKyverno(['apply', path('policies.yaml'), ...inputs, ...report]));
}

/** The report is one line of what is printed; there is none if no policy is about any of the objects. */
function resultsIn(output: string): readonly Result[] {
  if (output === '') return [];
  const line = output.split('\n').find((candidate) => candidate.startsWith('{'));
  if (line === undefined) throw new Error(`Kyverno printed no report: ${output.slice(0, 2000)}`);
  const report: unknown = JSON.parse(line);
  if (!isObject(report)) throw new TypeError('Kyverno’s report is no object');
  return listIn(report, 'results').map((entry) => ({
    uid: textIn(listIn(entry, 'resources')[0] ?? {}, 'uid'),
    policy: textIn(entry, 'policy'),
    result: textIn(entry, 'result'),
    message: textIn(entry, 'message'),
    properties: objectIn(entry, 'properties'),
  }));
}

async function inDirectory<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'sidekey-kyverno-'));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * `kyverno apply`, as it is run in a pipeline. It makes the old object of an UPDATE out of the new one, and knows no
 * subresources: those requests it cannot be given.
 */
export const KYVERNO_APPLY: Engine = {
  name: 'kyverno apply',
  canJudge: ({ operation, subresource }) => operation !== 'UPDATE' && subresource === undefined,
  judgeAll: (policies: readonly Policy[], cases: readonly Case[]) =>
    inDirectory(async (directory) => {
      await writeFile(join(directory, 'policies.yaml'), stream(rendered(policies)));
      const results: Result[] = [];
      for (const batch of batchesOf(cases)) results.push(...(await apply(directory, batch)));
      return resultsAsOutcomes(results, policies, cases);
    }),
};
