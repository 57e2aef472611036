import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { explain } from '../../cli/explain/explain.ts';
import { explainCase, explainCases } from '../golden/explain-cases.ts';
import { type ControlPlane, startControlPlane } from '../servers/control-plane.ts';

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
    await cluster.kubectl(['delete', 'namespace', '--wait=false', ...NAMESPACES]);
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
