import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { explain } from '../../cli/explain/explain.ts';
import type { PodReport } from '../../cli/explain/pod/report.ts';
import { cases, load } from '../golden/cases.ts';
import { explainCase, explainCases } from '../golden/explain-cases.ts';
import { type ControlPlane, startControlPlane } from '../servers/control-plane.ts';
import { PodJudge, type Judged } from './pod-judge.ts';

const COMMAND = join(import.meta.dirname, '../../dist/sidekey.cjs');
const GOLDEN = join(import.meta.dirname, '../golden/explain');
/** Where the manifests say their Secrets are. */
const NAMESPACES = ['ml', 'other'];

let cluster: ControlPlane;

beforeAll(async () => {
  cluster = await startControlPlane();
  for (const name of NAMESPACES) await cluster.kubectl(['create', 'namespace', name]);
});

afterAll(async () => {
  try {
    await cluster.forget(['namespace', ...NAMESPACES]);
  } finally {
    await cluster.stop();
  }
});

/** What the API server says; undefined if it takes everything. */
const refusalOf = (manifest: string): Promise<string | undefined> =>
  cluster.kubectl(['create', '--dry-run=server', '--filename=-'], manifest).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

/** Each document of a golden case with Secrets in it, for kubectl says one thing of all that it is given. */
const documents = explainCases.flatMap(({ name, manifest }) =>
  manifest
    .split(/^---$/mu)
    .map((text, index) => ({ name: `${name} ${index + 1}`, text, report: explain([{ file: 'f', text }]) }))
    .filter(
      ({ report }) => report.objects.some(({ kind }) => kind === 'Secret') || report.findings.length > 0,
    ),
);

describe('explain and the API server are of one mind', () => {
  test.each(documents)('on $name', async ({ text, report }) => {
    const explained = [...report.findings, ...report.objects.flatMap(({ findings }) => findings)].filter(
      ({ effect }) => effect === 'refused',
    );
    const refusal = await refusalOf(text);
    expect(
      explained.map(({ subject }) => subject).length > 0,
      `the API server: ${refusal ?? 'takes it'}`,
    ).toBe(refusal !== undefined);
  });

  test('on enough of both', () => {
    const refused = documents.filter(({ report }) =>
      report.objects.some(({ verdict }) => verdict === 'refused'),
    );
    expect(refused.length).toBeGreaterThan(10);
    expect(documents.length - refused.length).toBeGreaterThan(10);
  });
});

test('what explain says works is taken, all of it', async () => {
  const working = documents.flatMap(({ report }) =>
    report.objects.flatMap(({ secret }) => secret?.working?.text ?? []),
  );
  expect(working.length).toBeGreaterThan(20);
  const taken = await cluster.kubectl(
    ['create', '--dry-run=server', '--filename=-'],
    working.map((text) => `---\n${text}`).join(''),
  );
  expect(taken.trim().split('\n')).toHaveLength(working.length);
});

test('the user’s own form is refused in decoding, and what the command prints for it is applied', async () => {
  const { manifest } = explainCase('users-own-form');
  expect(await refusalOf(manifest)).toContain('illegal base64 data at input byte 0');
  const file = join(GOLDEN, 'users-own-form/manifest.yaml');
  const { stdout } = await promisify(execFile)(process.execPath, [
    COMMAND,
    'explain',
    '-f',
    file,
    '-o',
    'yaml',
  ]);
  await cluster.kubectl(['apply', '--namespace=ml', '--filename=-'], stdout);
  const token = ['get', 'secret', 'model-registry', '--namespace=ml', '--output=jsonpath={.data.token}'];
  expect(Buffer.from(await cluster.kubectl(token), 'base64').toString()).toBe('<auto-managed>');
});

/** A golden pod as it came, and as it is injected, as explain has them. */
function explainedPods(
  name: string,
): readonly { readonly name: string; readonly what: string; readonly pod: object; readonly says: Judged }[] {
  const { pod, settings } = load(name);
  const injector = { isKnown: true, settingsFor: () => settings };
  const { objects } = explain([{ file: 'f', text: JSON.stringify(pod) }], { namespace: 'team-a', injector });
  const [found] = objects[0]?.pods ?? [];
  const said = (standing: PodReport['standing']): readonly Judged[] =>
    standing === undefined ? [] : [{ qos: standing.qos, standard: standing.security.standard }];
  return [
    ...said(found?.standing).map((says) => ({
      name,
      what: `${name}, as it came`,
      pod: found?.pod ?? {},
      says,
    })),
    ...said(found?.injected?.standing).map((says) => ({
      name,
      what: `${name}, injected`,
      pod: found?.injected?.pod ?? {},
      says,
    })),
  ];
}

describe('of the golden pods', () => {
  const explained = cases.flatMap(explainedPods);

  test('explain says of each the class and the standard that the API server does', async () => {
    await using judge = await PodJudge.open(
      cluster,
      explained.map(({ pod }) => pod),
    );
    const judged = await Promise.all(
      explained.map(async ({ name, what, pod, says }) => ({
        name,
        what,
        says,
        judged: await judge.judge(pod),
      })),
    );
    const taken = judged.filter((one) => one.judged !== undefined);
    expect(taken.map(({ what, judged: verdict }) => ({ what, verdict }))).toEqual(
      taken.map(({ what, says }) => ({ what, verdict: says })),
    );
    // No test of explain has a cluster's RuntimeClass, or a container that only `kubectl debug` can add.
    const names = new Set(taken.map(({ name }) => name));
    const refused = judged.filter((one) => one.judged === undefined && names.has(one.name));
    expect(refused.map(({ what }) => what).filter((what) => what.endsWith('injected'))).toEqual([]);
    expect(taken.length).toBeGreaterThan(150);
  });

  test('there are some of each', () => {
    const classes = new Set(explained.map(({ says }) => says.qos));
    expect(classes).toEqual(new Set(['BestEffort', 'Burstable', 'Guaranteed']));
    const standards = new Set(explained.map(({ says }) => says.standard));
    expect(standards).toEqual(new Set(['restricted', 'baseline', 'privileged']));
  });
});
